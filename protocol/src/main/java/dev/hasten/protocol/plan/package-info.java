/** The query plan that Prisma's query compiler generates and the client sends: its tree and the parser of its JSON. */
@NullMarked
package dev.hasten.protocol.plan;

import org.jspecify.annotations.NullMarked;
