package dev.hasten.bench.scenario;

import dev.hasten.bench.load.Shape;
import java.util.List;

/** A kind of load that users know by its name. */
public sealed interface Scenario {
    /** Such as {@code find-unique}. */
    String name();

    /** One line for people. */
    String description();

    /** Names of the kinds of operations that are told apart. */
    List<String> kinds();

    /** What its users do. */
    ShapeMaker shape();

    /** Makes what the users of a scenario do, for one server. */
    @FunctionalInterface
    interface ShapeMaker {
        Shape of(Requests requests);
    }

    /** Load as the settings say. */
    record Plain(String name, String description, List<String> kinds, ShapeMaker shape) implements Scenario {}

    /**
     * Load beside many connections that are open and idle.
     *
     * @param idle how many
     */
    record BesideIdle(String name, String description, int idle, ShapeMaker shape) implements Scenario {
        @Override
        public List<String> kinds() {
            return List.of();
        }
    }
}
