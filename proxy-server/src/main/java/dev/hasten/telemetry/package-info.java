/** What can be seen of the server: meters, the slow-query log, and the events and spans that clients ask for. */
@NullMarked
package dev.hasten.telemetry;

import org.jspecify.annotations.NullMarked;
