/** Statistics of the queries by their shape, and advice on what to cache. */
@NullMarked
package dev.hasten.insights;

import org.jspecify.annotations.NullMarked;
