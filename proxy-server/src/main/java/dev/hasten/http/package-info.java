/** The HTTP/1.1 server: listener, TLS, limits, strict parsing, routing table and answer writing. Knows bytes and paths, no SQL. */
@NullMarked
package dev.hasten.http;

import org.jspecify.annotations.NullMarked;
