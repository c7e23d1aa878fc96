/**
 * Requests that are encoded before the load starts, and responses of which only the parts that are checked are kept.
 */
@NullMarked
package dev.hasten.bench.http;

import org.jspecify.annotations.NullMarked;
