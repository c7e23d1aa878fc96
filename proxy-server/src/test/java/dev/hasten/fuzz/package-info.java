/**
 * Targets for Jazzer, a coverage-guided fuzzer: it calls them with inputs that it changes until they execute new code.
 * {@code bin/test fuzz} runs them. An exception is a finding. Each target states what must hold for any input.
 */
@NullMarked
package dev.hasten.fuzz;

import org.jspecify.annotations.NullMarked;
