/** Answers that may be used again: entries, freshness, tags and their generations, one query for many who ask. */
@NullMarked
package dev.hasten.cache;

import org.jspecify.annotations.NullMarked;
