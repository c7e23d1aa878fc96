/**
 * What the cache does for one request: {@link dev.hasten.caching.CacheSession} chooses the strategy, looks up, fills and
 * refreshes, and adds the response headers, in the same way for all protocols.
 */
@NullMarked
package dev.hasten.caching;

import org.jspecify.annotations.NullMarked;
