package dev.hasten.bench.load;

import java.util.List;

/** Open connections that are idle. */
public final class Crowd implements AutoCloseable {
    private final Load load;
    private final List<Opening> openings;
    private final LoadSettings settings;

    Crowd(Load load, List<Opening> openings, LoadSettings settings) {
        this.load = load;
        this.openings = openings;
        this.settings = settings;
    }

    /** Runs one operation on each connection that is still open. */
    public Measurement ask() throws InterruptedException {
        long start = System.nanoTime();
        List<Driver> drivers = openings.stream()
                .<Driver>map(opening -> new IdleCrowd(opening, settings, start))
                .toList();
        return load.drive(drivers, start, Probe.NONE);
    }

    /** The number of connections that the server has not closed. */
    public long open() {
        return openings.stream()
                .mapToLong(opening -> opening.loop()
                        .submit(() -> opening.connections().stream()
                                .filter(Connection::isIdle)
                                .count())
                        .syncUninterruptibly()
                        .getNow())
                .sum();
    }

    @Override
    public void close() {
        openings.forEach(Opening::close);
    }
}
