package dev.hasten.bench.scenario;

import dev.hasten.bench.load.Shape;
import java.util.List;

/** A named kind of load. */
public sealed interface Scenario {
    /** The name, such as {@code find-unique}. */
    String name();

    /** A description in one line. */
    String description();

    /** Names of the kinds of operations that are reported separately; empty if there is only one kind. */
    List<String> kinds();

    /** Creates the behavior of the users. */
    ShapeMaker shape();

    /** Creates the behavior of the users of a scenario for one server. */
    @FunctionalInterface
    interface ShapeMaker {
        Shape of(Requests requests);
    }

    /** A load according to the settings. */
    record Plain(String name, String description, List<String> kinds, ShapeMaker shape) implements Scenario {}

    /**
     * A load in the presence of many idle connections.
     *
     * @param idle number of idle connections
     */
    record BesideIdle(String name, String description, int idle, ShapeMaker shape) implements Scenario {
        @Override
        public List<String> kinds() {
            return List.of();
        }
    }
}
