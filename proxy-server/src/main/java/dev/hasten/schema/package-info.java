/** The Prisma schemas that clients without an engine bring along, and what their queries compile to. */
@NullMarked
package dev.hasten.schema;

import org.jspecify.annotations.NullMarked;
