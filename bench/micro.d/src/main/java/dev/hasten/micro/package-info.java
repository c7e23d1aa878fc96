/** Runs the micro-benchmarks. They stand in the packages of what they measure. */
@NullMarked
package dev.hasten.micro;

import org.jspecify.annotations.NullMarked;
