/** Who sends what when: connections, closed loops, constant arrival rates, and what is recorded of them. */
@NullMarked
package dev.hasten.bench.load;

import org.jspecify.annotations.NullMarked;
