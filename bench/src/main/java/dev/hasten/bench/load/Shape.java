package dev.hasten.bench.load;

import java.util.function.Supplier;

/** The behavior of the users of a load. */
public sealed interface Shape {
    /** Supplies a script for each connection. */
    Supplier<Script> scripts();

    /**
     * Every connection follows its own script.
     *
     * @param kinds number of kinds of operations of the scripts
     */
    record Steady(Supplier<Script> scripts, int kinds) implements Shape {}

    /**
     * All connections send the same request simultaneously, as soon as its response has been invalidated.
     *
     * @param invalidation run by one connection before each round
     */
    record Stampede(Supplier<Script> scripts, Script invalidation) implements Shape {}
}
