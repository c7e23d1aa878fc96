/**
 * The load generator behind {@code hasten bench}: {@link dev.hasten.bench.Bench} runs scenarios against a server that
 * speaks the protocol of Prisma's remote executor, and answers what it measured.
 */
@NullMarked
package dev.hasten.bench;

import org.jspecify.annotations.NullMarked;
