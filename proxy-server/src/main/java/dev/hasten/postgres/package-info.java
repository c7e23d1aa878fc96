/** PostgreSQL: the connection pool, statement execution, column types, error mapping and cancellation. */
@NullMarked
package dev.hasten.postgres;

import org.jspecify.annotations.NullMarked;
