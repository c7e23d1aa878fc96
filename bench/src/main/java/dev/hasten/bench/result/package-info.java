/** Measurements, as records and as JSON. */
@NullMarked
package dev.hasten.bench.result;

import org.jspecify.annotations.NullMarked;
