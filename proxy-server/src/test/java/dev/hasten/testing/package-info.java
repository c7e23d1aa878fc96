/** Support for integration tests: a real PostgreSQL, a running server, clients of its protocols, and query plans. */
@NullMarked
package dev.hasten.testing;

import org.jspecify.annotations.NullMarked;
