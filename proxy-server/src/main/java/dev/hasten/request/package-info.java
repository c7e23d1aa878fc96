/** One request on its way: who asks, for how long it may run, on which thread, and how its errors become an answer. */
@NullMarked
package dev.hasten.request;

import org.jspecify.annotations.NullMarked;
