/**
 * Writes that pass through the server: which relations they change, and when cached data that depends on them becomes
 * outdated. See {@link dev.hasten.writes.WriteTracking}.
 */
@NullMarked
package dev.hasten.writes;

import org.jspecify.annotations.NullMarked;
