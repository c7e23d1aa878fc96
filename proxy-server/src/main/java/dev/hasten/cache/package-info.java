/** The cache of responses: entries, freshness, tags and their generations, and queries that several requests share. */
@NullMarked
package dev.hasten.cache;

import org.jspecify.annotations.NullMarked;
