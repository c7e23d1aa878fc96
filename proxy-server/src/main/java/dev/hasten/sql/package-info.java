/**
 * SQL over HTTP with the protocol of {@code @neondatabase/serverless}: apps that use Drizzle, Kysely or plain
 * {@code fetch} use the same pool, keys and cache as apps that use Prisma. Source of the protocol: the driver, and
 * {@code proxy/src/serverless} of neondatabase/neon.
 */
@NullMarked
package dev.hasten.sql;

import org.jspecify.annotations.NullMarked;
