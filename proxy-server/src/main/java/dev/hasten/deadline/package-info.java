/**
 * How long a request may run, and how it is stopped. {@link dev.hasten.deadline.Cancellation} is the one object that says so;
 * it belongs to the request and reaches everything that works for it.
 *
 * <p>The path of a timeout, and of a client that disconnects:
 *
 * <ol>
 *   <li>{@code admission.RequestRunner} creates the cancellation when the request is complete. It starts a
 *       {@link dev.hasten.deadline.Watchdog} with what is left of {@code limits.query_timeout}, and registers for the
 *       disconnect of the client.
 *   <li>The watchdog or the HTTP connection calls {@link dev.hasten.deadline.Cancellation#cancel}. The first reason stays.
 *   <li>If the request computes, its next checkpoint throws {@link dev.hasten.deadline.CancelledException}.
 *   <li>If it waits, for a connection or for another request, its thread is interrupted and the wait throws the exception.
 *   <li>If a statement is running, {@code postgres.StatementInterrupt} sends cancel requests to PostgreSQL until the
 *       statement ends, and closes the connection if it does not. Then the session throws the exception.
 *   <li>The lease rolls back what is open and returns the connection, or discards it, on the way out.
 *   <li>The runner turns the exception into an error response; after a disconnect, nobody reads it.
 * </ol>
 */
@NullMarked
package dev.hasten.deadline;

import org.jspecify.annotations.NullMarked;
