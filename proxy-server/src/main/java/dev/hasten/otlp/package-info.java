/** The export of traces and metrics by the OpenTelemetry protocol. Nothing here is loaded unless it is configured. */
@NullMarked
package dev.hasten.otlp;

import org.jspecify.annotations.NullMarked;
