/** What is asked, and what a right answer looks like. */
@NullMarked
package dev.hasten.bench.scenario;

import org.jspecify.annotations.NullMarked;
