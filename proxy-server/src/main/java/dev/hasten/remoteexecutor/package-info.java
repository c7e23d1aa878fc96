/** The remote-executor protocol: Prisma Client 7, and 6.16 or newer with the client engine. */
@NullMarked
package dev.hasten.remoteexecutor;

import org.jspecify.annotations.NullMarked;
