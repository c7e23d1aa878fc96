/** Explains to operators how a request, a stored response or a statement relates to the cache. */
@NullMarked
package dev.hasten.explain;

import org.jspecify.annotations.NullMarked;
