/**
 * Prisma's query compiler on the JVM: JSON queries of Prisma clients become query plans.
 *
 * <p>The compiler is WebAssembly, translated to bytecode when Hasten is built. {@link
 * dev.hasten.compiler.QueryCompiler} is all that others need; the rest stands in for the JavaScript around it.
 */
@NullMarked
package dev.hasten.compiler;

import org.jspecify.annotations.NullMarked;
