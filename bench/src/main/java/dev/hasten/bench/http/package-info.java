/** Requests that are bytes before the load begins, and answers of which only what is judged is kept. */
@NullMarked
package dev.hasten.bench.http;

import org.jspecify.annotations.NullMarked;
