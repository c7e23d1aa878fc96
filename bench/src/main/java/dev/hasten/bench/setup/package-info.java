/** The tables that the scenarios ask for. */
@NullMarked
package dev.hasten.bench.setup;

import org.jspecify.annotations.NullMarked;
