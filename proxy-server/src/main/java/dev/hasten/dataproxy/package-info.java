/** The JSON protocol of Prisma 5 and 6 for clients without an engine: they send queries, which are compiled here. */
@NullMarked
package dev.hasten.dataproxy;

import org.jspecify.annotations.NullMarked;
