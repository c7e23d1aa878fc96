/**
 * How a request is admitted: its API key, scope, database, time limit and thread, and how its errors become a response.
 * {@link dev.hasten.admission.RequestRunner} does this for the {@link dev.hasten.admission.Endpoint}s of all protocols.
 */
@NullMarked
package dev.hasten.admission;

import org.jspecify.annotations.NullMarked;
