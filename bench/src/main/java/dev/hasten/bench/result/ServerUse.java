package dev.hasten.bench.result;

/**
 * The resource use of the server during a run.
 *
 * @param cpuMicros CPU time of the server process per operation in microseconds, without PostgreSQL
 * @param residentMegabytes its memory at the end
 */
public record ServerUse(double cpuMicros, double residentMegabytes) {}
