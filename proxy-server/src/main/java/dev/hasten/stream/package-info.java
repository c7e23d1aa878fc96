/**
 * The change stream: PostgreSQL reports every committed change through logical replication, whoever made it. See {@link
 * dev.hasten.stream.ChangeStream}.
 */
@NullMarked
package dev.hasten.stream;

import org.jspecify.annotations.NullMarked;
