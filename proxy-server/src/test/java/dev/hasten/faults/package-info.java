/**
 * What happens to a database and its network in production, while clients read and write: no acknowledged write is lost,
 * no write is done twice, and nothing stays in use afterwards.
 */
@NullMarked
package dev.hasten.faults;

import org.jspecify.annotations.NullMarked;
