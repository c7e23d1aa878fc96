/** What differs between two reports, and what is noise. */
@NullMarked
package dev.hasten.bench.compare;

import org.jspecify.annotations.NullMarked;
