/** JavaScript's and PostgreSQL's text formats of values, and the ID generators of Prisma's query plans. No I/O. */
@NullMarked
package dev.hasten.protocol.value;

import org.jspecify.annotations.NullMarked;
