/** What integration tests stand on: a real PostgreSQL, a running server, a client of its protocol, and plans. */
@NullMarked
package dev.hasten.testing;

import org.jspecify.annotations.NullMarked;
