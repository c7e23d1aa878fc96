package dev.hasten.config;

import java.util.List;
import java.util.stream.Collectors;

/** The configuration cannot be used. Carries every problem that was found, so that one start shows them all. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<ConfigProblem> problems;

    ConfigException(List<ConfigProblem> problems) {
        super(problems.stream().map(ConfigProblem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** At least one, in the order in which the sources were read. */
    public List<ConfigProblem> problems() {
        return problems;
    }
}
