/** Telemetry: meters, the slow-query log, and the events and spans that clients request. */
@NullMarked
package dev.hasten.telemetry;

import org.jspecify.annotations.NullMarked;
