package dev.hasten.bench.load;

import java.util.function.Supplier;

/** What the users of a load do. */
public sealed interface Shape {
    /** A script for each connection. */
    Supplier<Script> scripts();

    /**
     * Every connection follows its own script.
     *
     * @param kinds how many kinds of operations the scripts do
     */
    record Steady(Supplier<Script> scripts, int kinds) implements Shape {}

    /**
     * All connections ask the same at once, as soon as it is invalidated.
     *
     * @param invalidation done by one connection before each round
     */
    record Stampede(Supplier<Script> scripts, Script invalidation) implements Shape {}
}
