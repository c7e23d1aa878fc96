/** The common parts of Prisma Client's protocols, such as error codes with their meta and type names of raw queries. */
@NullMarked
package dev.hasten.prisma;

import org.jspecify.annotations.NullMarked;
