/** Comparison of two reports, which distinguishes differences from noise. */
@NullMarked
package dev.hasten.bench.compare;

import org.jspecify.annotations.NullMarked;
