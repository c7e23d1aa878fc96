/** The query plan interpreter: from a plan and its parameters to the bytes of the answer. */
@NullMarked
package dev.hasten.plan;

import org.jspecify.annotations.NullMarked;
