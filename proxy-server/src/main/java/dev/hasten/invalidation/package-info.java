/** Cache invalidation: by tag, requested by apps, and after a migration of the database. */
@NullMarked
package dev.hasten.invalidation;

import org.jspecify.annotations.NullMarked;
