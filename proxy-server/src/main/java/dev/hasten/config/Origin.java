package dev.hasten.config;

import java.nio.file.Path;

/** Where a configuration value came from. */
public sealed interface Origin {
    /** The name of this origin in errors and {@link Config#describe()}. */
    String label();

    /** No source sets the key. */
    record Default() implements Origin {
        @Override
        public String label() {
            return "default";
        }
    }

    /**
     * A line of the YAML file.
     *
     * @param file the path as the operator gave it
     * @param line starts at 1; 0 stands for the file as a whole
     */
    record File(Path file, int line) implements Origin {
        @Override
        public String label() {
            return line == 0 ? file.toString() : file + ":" + line;
        }
    }

    /** An environment variable. */
    record Environment(String variable) implements Origin {
        @Override
        public String label() {
            return "env " + variable;
        }
    }

    /** The command line: {@code --set KEY=VALUE}, or an option with the name of the key. */
    record CommandLine() implements Origin {
        @Override
        public String label() {
            return "command line";
        }
    }

    /** A parameter of the database URL. */
    record UrlParameter(String parameter) implements Origin {
        @Override
        public String label() {
            return "URL parameter " + parameter;
        }
    }

    /** Added by {@link Config#withDatabase}. */
    record Added() implements Origin {
        @Override
        public String label() {
            return "added at start";
        }
    }
}
