/**
 * How long a request may run, and how it is stopped. Each request has a {@link dev.hasten.deadline.Cancellation}, which
 * is passed to everything that works for the request.
 *
 * <p>The path of a timeout, and of a client that disconnects:
 *
 * <ol>
 *   <li>{@code admission.RequestRunner} creates the cancellation when the request is complete. It registers the
 *       cancellation with the {@link dev.hasten.deadline.Watchdog} for the rest of {@code limits.query_timeout}, and a
 *       callback for the disconnect of the client.
 *   <li>The watchdog or the HTTP connection calls {@link dev.hasten.deadline.Cancellation#cancel}. The first reason
 *       is kept.
 *   <li>If the request computes, its next checkpoint throws {@link dev.hasten.deadline.CancelledException}.
 *   <li>If it waits for a connection or for another request, its thread is interrupted and the wait throws
 *       the exception.
 *   <li>If a statement is running, {@code postgres.StatementInterrupt} sends cancel requests to PostgreSQL until the
 *       statement ends, and closes the connection if it does not. Then the session throws the exception.
 *   <li>On the way out, the lease rolls back the open transaction and returns or discards the connection.
 *   <li>The runner turns the exception into an error response; after a disconnect, no client receives it.
 * </ol>
 */
@NullMarked
package dev.hasten.deadline;

import org.jspecify.annotations.NullMarked;
