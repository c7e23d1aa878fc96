package dev.hasten.cache;

import static org.assertj.core.api.Assertions.fail;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Threads that run only when a test lets them: each runs until it reaches a gate, waits for the query of another, or is
 * done. The test determines their interleaving.
 */
final class Stage {
    private static final long PATIENCE_NANOS = 20_000_000_000L;

    private final List<Actor> actors = new ArrayList<>();

    /** A thread and its position. */
    static final class Actor {
        private final String name;
        private final Thread thread;
        private volatile @Nullable Gate gate;
        private volatile @Nullable Throwable failure;
        private volatile boolean done;

        private Actor(String name, Consumer<Actor> role) {
            this.name = name;
            this.thread = Thread.ofVirtual().name(name).unstarted(() -> play(role));
        }

        private void play(Consumer<Actor> role) {
            try {
                role.accept(this);
            } catch (RuntimeException | Error e) {
                failure = e;
            } finally {
                done = true;
            }
        }

        /** Stops the actor until the test opens the gate. Must be called on the actor's thread. */
        void stopAt(String place) {
            Gate closed = new Gate(place, new CountDownLatch(1));
            gate = closed;
            try {
                closed.open.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException("interrupted at a gate", e);
            }
        }

        boolean isAtGate() {
            return gate != null;
        }

        boolean isDone() {
            return done;
        }

        /** Returns whether it waits for the query of another actor. */
        boolean isWaitingForAnother() {
            return thread.getState() == Thread.State.WAITING
                    && Arrays.stream(thread.getStackTrace())
                            .anyMatch(frame -> frame.getClassName().equals(InFlightQuery.class.getName())
                                    && frame.getMethodName().equals("await"));
        }

        private boolean isSettled() {
            return done || gate != null || isWaitingForAnother();
        }

        @Override
        public String toString() {
            Gate closed = gate;
            return name + (done ? " (done)" : closed != null ? " (at " + closed.place + ")" : "");
        }
    }

    private record Gate(String place, CountDownLatch open) {}

    /** Starts a thread, and waits until all have stopped. */
    Actor enter(String name, Consumer<Actor> role) {
        Actor actor = new Actor(name, role);
        actors.add(actor);
        actor.thread.start();
        settle();
        return actor;
    }

    /** Opens the gate at which an actor has stopped, and waits until all actors have stopped again. */
    void pass(Actor actor) {
        Gate closed = actor.gate;
        if (closed != null) {
            actor.gate = null;
            closed.open.countDown();
        }
        settle();
    }

    /** Returns the actors that are not done. */
    List<Actor> actors() {
        return actors;
    }

    /**
     * Waits until all actors have stopped. An actor that runs can wake another that this method has already checked, so
     * the method repeats the check once per actor.
     */
    void settle() {
        long start = System.nanoTime();
        int standing = 0;
        while (standing <= actors.size()) {
            Actor moving = firstMoving();
            standing = moving == null ? standing + 1 : 0;
            if (moving != null) {
                if (System.nanoTime() - start > PATIENCE_NANOS) {
                    fail("%s hangs: %s", moving, Arrays.toString(moving.thread.getStackTrace()));
                }
                LockSupport.parkNanos(5_000);
            }
        }
        for (Actor actor : actors) {
            Throwable failure = actor.failure;
            if (failure != null) {
                throw new AssertionError(actor + ": " + failure.getMessage(), failure);
            }
        }
        actors.removeIf(Actor::isDone);
    }

    private @Nullable Actor firstMoving() {
        for (Actor actor : actors) {
            if (!actor.isSettled()) {
                return actor;
            }
        }
        return null;
    }
}
