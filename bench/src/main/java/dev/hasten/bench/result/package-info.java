/** What was measured, as numbers and as JSON. */
@NullMarked
package dev.hasten.bench.result;

import org.jspecify.annotations.NullMarked;
