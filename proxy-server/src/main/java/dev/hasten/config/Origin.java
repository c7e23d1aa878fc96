package dev.hasten.config;

import java.nio.file.Path;

/** Where a configuration value came from. */
public sealed interface Origin {
    /** How errors and {@link Config#describe()} name this origin. */
    String label();

    /** Nobody set the key. */
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
     * @param line counted from 1; 0 when the file as a whole is meant
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

    /** A command-line flag, named by its dotted key. */
    record Flag(String key) implements Origin {
        @Override
        public String label() {
            return "flag --" + key;
        }
    }

    /** A parameter of the database's URL. */
    record UrlParameter(String parameter) implements Origin {
        @Override
        public String label() {
            return "URL parameter " + parameter;
        }
    }

    /** Added while the server runs, see {@link Config#withDatabase}. */
    record Added() implements Origin {
        @Override
        public String label() {
            return "added at start";
        }
    }
}
