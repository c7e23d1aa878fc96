package dev.hasten.bench.result;

/**
 * What a run took of the server's machine.
 *
 * @param cpuMicros CPU time of the server's process for each operation, without PostgreSQL's, in microseconds
 * @param residentMegabytes its memory at the end
 */
public record ServerUse(double cpuMicros, double residentMegabytes) {}
