/** JavaScript's and PostgreSQL's text forms of values, and the ID generators of Prisma's query plans. Pure functions. */
@NullMarked
package dev.hasten.protocol.value;

import org.jspecify.annotations.NullMarked;
