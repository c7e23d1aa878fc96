/** The Prisma schemas uploaded by clients without an engine, and the plans that their queries are compiled to. */
@NullMarked
package dev.hasten.schema;

import org.jspecify.annotations.NullMarked;
