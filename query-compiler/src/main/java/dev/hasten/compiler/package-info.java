/**
 * Prisma's query compiler on the JVM, which compiles JSON queries of Prisma clients to query plans.
 *
 * <p>The compiler is WebAssembly, translated to bytecode when Hasten is built.
 * {@link dev.hasten.compiler.QueryCompiler} is the API; the other classes replace the JavaScript that surrounds
 * the compiler.
 */
@NullMarked
package dev.hasten.compiler;

import org.jspecify.annotations.NullMarked;
