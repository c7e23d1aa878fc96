package dev.hasten.bench.load;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.hasten.bench.http.Target;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Generates load on one server. {@link #stop} may be called by any thread; all other methods must be called by
 * one thread.
 */
public final class Load implements AutoCloseable {
    /**
     * Time from the opening of all connections to the start of the load, so that all event loops start at the
     * same time.
     */
    private static final long HEAD_START = Duration.ofMillis(5).toNanos();

    private final Target target;
    private final MultiThreadIoEventLoopGroup group;
    private final List<EventLoop> loops = new ArrayList<>();
    private final List<Driver> running = new ArrayList<>();
    private boolean stopped;

    /** @param eventLoops number of threads, each with its own part of the connections */
    public Load(Target target, int eventLoops) {
        this.target = target;
        this.group = new MultiThreadIoEventLoopGroup(
                eventLoops, new DefaultThreadFactory("hasten-bench", true), Connector.ioHandlers());
        for (int i = 0; i < eventLoops; i++) {
            loops.add(group.next());
        }
    }

    /**
     * Opens connections, generates the load, and closes the connections.
     *
     * @throws IOException if not all connections can be opened
     * @throws CancellationException if the load was stopped
     */
    public Measurement run(Shape shape, LoadSettings settings, Probe probe) throws IOException, InterruptedException {
        int parts = shape instanceof Shape.Stampede ? 1 : Math.min(loops.size(), settings.connections());
        List<Opening> openings = open(shape, settings, parts);
        try {
            long start = System.nanoTime() + HEAD_START;
            List<Driver> drivers = new ArrayList<>();
            for (int part = 0; part < parts; part++) {
                long offset = settings.rate() == 0 ? 0 : (long) (part * 1e9 / settings.rate());
                drivers.add(driver(shape, openings.get(part), settings.part(part, parts), start, offset));
            }
            return drive(drivers, start + settings.warmUp().toNanos(), probe);
        } finally {
            openings.forEach(Opening::close);
        }
    }

    /**
     * Opens connections that can be used for single operations and otherwise stay idle until the crowd is closed.
     *
     * @throws IOException if not all connections can be opened
     */
    public Crowd crowd(Shape shape, LoadSettings settings) throws IOException, InterruptedException {
        int parts = Math.min(loops.size(), settings.connections());
        return new Crowd(this, open(shape, settings, parts), settings);
    }

    private List<Opening> open(Shape shape, LoadSettings settings, int parts) throws IOException, InterruptedException {
        Connector connector = new Connector(target, settings.timeout());
        List<Opening> openings = new ArrayList<>();
        for (int part = 0; part < parts; part++) {
            int connections = settings.part(part, parts).connections();
            openings.add(new Opening(loops.get(part), connector, connections, shape.scripts()));
        }
        try {
            CompletableFuture.allOf(openings.stream().map(Opening::open).toArray(CompletableFuture[]::new))
                    .get();
            return openings;
        } catch (ExecutionException e) {
            openings.forEach(Opening::close);
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            throw new IOException("no connection to " + target + ": " + cause.getMessage(), cause);
        }
    }

    private static Driver driver(Shape shape, Opening opening, LoadSettings settings, long start, long offset) {
        return switch (shape) {
            case Shape.Steady(var _, int kinds)
            when settings.rate() > 0 -> new OpenLoop(opening, settings, start, kinds, offset);
            case Shape.Steady(var _, int kinds) -> new ClosedLoop(opening, settings, start, kinds);
            case Shape.Stampede(var _, Script invalidation) -> new StampedeLoop(opening, settings, start, invalidation);
        };
    }

    /** Runs drivers until all have ended. */
    Measurement drive(List<Driver> drivers, long measureFrom, Probe probe) throws InterruptedException {
        synchronized (running) {
            if (stopped) {
                throw new CancellationException();
            }
            running.addAll(drivers);
        }
        try {
            for (Driver driver : drivers) {
                var _ = driver.loop.schedule(driver::begin, driver.start - System.nanoTime(), NANOSECONDS);
            }
            var all = CompletableFuture.allOf(drivers.stream().map(Driver::done).toArray(CompletableFuture[]::new));
            awaitUntil(all, measureFrom);
            probe.begin();
            long cpu = cpuNanos();
            await(all);
            cpu = cpuNanos() - cpu;
            probe.end();
            if (isStopped()) {
                throw new CancellationException();
            }
            return Measurement.of(
                    drivers.stream().map(driver -> driver.done().join()).toList(), cpu);
        } finally {
            synchronized (running) {
                running.removeAll(drivers);
            }
        }
    }

    private static void awaitUntil(CompletableFuture<Void> all, long time) throws InterruptedException {
        try {
            all.get(time - System.nanoTime(), NANOSECONDS);
        } catch (TimeoutException e) {
            // The warm-up has ended and the load continues.
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void await(CompletableFuture<Void> all) throws InterruptedException {
        try {
            all.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** CPU time of the event loops in nanoseconds. */
    private long cpuNanos() {
        var threads = ManagementFactory.getThreadMXBean();
        return loops.stream()
                .mapToLong(loop -> loop.submit(() -> threads.getCurrentThreadCpuTime())
                        .syncUninterruptibly()
                        .getNow())
                .sum();
    }

    /** Ends the current load and all later ones immediately with a {@link CancellationException}. */
    public void stop() {
        synchronized (running) {
            stopped = true;
            running.forEach(driver -> driver.loop.execute(driver::stop));
        }
    }

    private boolean isStopped() {
        synchronized (running) {
            return stopped;
        }
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
