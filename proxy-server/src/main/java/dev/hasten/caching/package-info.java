/**
 * The use of the cache by one request. {@link dev.hasten.caching.CacheSession} chooses the strategy, looks up, fills
 * and refreshes entries, and adds the response headers, in the same way for all protocols.
 */
@NullMarked
package dev.hasten.caching;

import org.jspecify.annotations.NullMarked;
