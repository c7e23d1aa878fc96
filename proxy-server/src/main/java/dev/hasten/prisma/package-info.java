/** What the protocols of Prisma Client have in common: error codes with their meta, and the type names of raw queries. */
@NullMarked
package dev.hasten.prisma;

import org.jspecify.annotations.NullMarked;
