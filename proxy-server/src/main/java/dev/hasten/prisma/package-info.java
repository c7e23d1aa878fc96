/** The remote-executor protocol of Prisma 7, and of Prisma 6.16+ with the client engine. */
@NullMarked
package dev.hasten.prisma;

import org.jspecify.annotations.NullMarked;
