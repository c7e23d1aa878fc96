/** Runs the micro-benchmarks. Each benchmark is in the package of the code that it measures. */
@NullMarked
package dev.hasten.micro;

import org.jspecify.annotations.NullMarked;
