/** Tests of the HTTP server over real sockets. */
@NullMarked
package dev.hasten.http;

import org.jspecify.annotations.NullMarked;
