/** The wire formats: requests, query plans, responses and error codes. No I/O, no Netty, no JDBC. */
@NullMarked
package dev.hasten.protocol;

import org.jspecify.annotations.NullMarked;
