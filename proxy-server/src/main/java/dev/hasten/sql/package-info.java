/**
 * SQL over HTTP, as {@code @neondatabase/serverless} speaks it: apps on Drizzle, Kysely or plain {@code fetch} get the same
 * pool, keys and cache as those on Prisma. Source of the protocol: the driver, and {@code proxy/src/serverless} of
 * neondatabase/neon.
 */
@NullMarked
package dev.hasten.sql;

import org.jspecify.annotations.NullMarked;
