package dev.hasten.cli;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Flags that are the path of a configuration key, such as {@code --http.max_body_bytes 1mb}. They are not declared as
 * options, because database names are part of the paths.
 */
final class KeyFlags {
    /** Shown below the options of a command. */
    static final String HELP = "Every configuration key is also an option, such as --http.max_body_bytes 1mb.%n"
            + "See docs/configuration.md for all keys.";

    private static final String PREFIX = "--";

    private KeyFlags() {}

    /**
     * The values by path.
     *
     * @param arguments of the command that match none of its options
     * @throws ParameterException for an argument that is not such a flag, or a flag without a value
     */
    static Map<String, String> parse(List<String> arguments, CommandLine command) {
        Map<String, String> values = new LinkedHashMap<>();
        Iterator<String> rest = arguments.iterator();
        while (rest.hasNext()) {
            String flag = rest.next();
            if (!flag.startsWith(PREFIX) || flag.length() == PREFIX.length()) {
                throw new UnmatchedArgumentException(command, List.of(flag));
            }
            int equals = flag.indexOf('=');
            if (equals > 0) {
                values.put(flag.substring(PREFIX.length(), equals), flag.substring(equals + 1));
            } else {
                String value = rest.hasNext() ? rest.next() : PREFIX;
                if (value.startsWith(PREFIX)) {
                    throw new ParameterException(command, "Missing value for " + flag + "; use " + flag + "=VALUE");
                }
                values.put(flag.substring(PREFIX.length()), value);
            }
        }
        return values;
    }
}
