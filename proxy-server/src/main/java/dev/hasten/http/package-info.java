/**
 * The HTTP/1.1 server: listener, TLS, limits, strict parsing, routing and response writing. It knows nothing about SQL.
 */
@NullMarked
package dev.hasten.http;

import org.jspecify.annotations.NullMarked;
