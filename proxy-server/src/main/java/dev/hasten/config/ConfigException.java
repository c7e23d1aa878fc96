package dev.hasten.config;

import java.util.List;
import java.util.stream.Collectors;

/** The configuration is invalid. Lists every problem that was found, so that one attempt to start shows them all. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<ConfigProblem> problems;

    ConfigException(List<ConfigProblem> problems) {
        super(problems.stream().map(ConfigProblem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** The problems, at least one, in the order in which they were found. */
    public List<ConfigProblem> problems() {
        return problems;
    }
}
