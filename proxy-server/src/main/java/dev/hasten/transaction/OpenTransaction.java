package dev.hasten.transaction;

/**
 * An interactive transaction that a client holds open, for operators.
 *
 * @param key id of the API key that has opened it
 * @param timeoutMs its time limit
 * @param busy whether a request uses it now
 * @param backend the process of PostgreSQL that serves it
 */
public record OpenTransaction(String id, String key, long ageMs, long timeoutMs, boolean busy, int backend) {}
