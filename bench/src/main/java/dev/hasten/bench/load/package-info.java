/** Load generation: connections, closed loops, constant arrival rates, and the recording of results. */
@NullMarked
package dev.hasten.bench.load;

import org.jspecify.annotations.NullMarked;
