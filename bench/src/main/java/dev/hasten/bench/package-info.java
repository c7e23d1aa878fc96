/** The load generator and its comparison runs; empty until the bench is built. */
@NullMarked
package dev.hasten.bench;

import org.jspecify.annotations.NullMarked;
