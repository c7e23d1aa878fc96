/** The query plan interpreter: executes a plan with its parameters and writes the response as JSON. */
@NullMarked
package dev.hasten.plan;

import org.jspecify.annotations.NullMarked;
