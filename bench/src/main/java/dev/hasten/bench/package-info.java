/**
 * The load generator of {@code hasten bench}: {@link dev.hasten.bench.Bench} runs scenarios against a server that
 * supports the protocol of Prisma's remote executor, and returns the measurements.
 */
@NullMarked
package dev.hasten.bench;

import org.jspecify.annotations.NullMarked;
