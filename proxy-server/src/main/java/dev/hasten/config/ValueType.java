package dev.hasten.config;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Converts the text of a key to a value and back. Every text that {@link #format} returns can be parsed again, except
 * for masked secrets.
 */
sealed interface ValueType {
    /**
     * Parses a value.
     *
     * @param text as written in YAML, an environment variable or a flag
     * @param workingDirectory the directory that relative paths are resolved against
     * @throws IllegalArgumentException if the text is invalid; the message states what is allowed and never contains
     *     a secret
     */
    Object parse(String text, Path workingDirectory);

    /** The value as written in YAML. Secrets are masked. */
    default String format(Object value) {
        return value.toString();
    }

    /** The allowed values, as a noun phrase for errors and documentation. */
    String allowed();

    /** The allowed values without the syntax of numbers, for the table in the documentation. */
    default String range() {
        return allowed();
    }

    /** Whether the text must not be printed. */
    default boolean secret() {
        return false;
    }

    /** The type for the class of the component that declares the key. */
    static ValueType of(Class<?> type, Setting setting) {
        if (type == int.class) {
            return new Numbers(Unit.COUNT, setting.min(), setting.max(), setting.zero());
        }
        if (type == long.class) {
            return new Numbers(Unit.BYTES, setting.min(), setting.max(), setting.zero());
        }
        if (type == Duration.class) {
            return new Numbers(Unit.TIME, setting.min(), setting.max(), setting.zero());
        }
        if (type == boolean.class) {
            return new Choice(List.of(true, false));
        }
        if (type.isEnum()) {
            return new Choice(Arrays.asList(type.getEnumConstants()));
        }
        if (type == String.class) {
            return new Text(setting.pattern(), setting.allowed());
        }
        if (type == Path.class) {
            return new FilePath(setting.readable());
        }
        if (type == Secret.class) {
            return new SecretText(setting.pattern(), setting.allowed());
        }
        if (type == Instant.class) {
            return new Moment();
        }
        if (type == Set.class) {
            // Scopes are the only sets in the configuration.
            return new Scopes();
        }
        if (type == Networks.class) {
            return new NetworkList();
        }
        if (type == DatabaseUrl.class) {
            return new Url();
        }
        throw new IllegalStateException("no value type for " + type);
    }

    /** A count, size or duration within bounds; 0 may have a special meaning. */
    record Numbers(Unit unit, long min, long max, String zero) implements ValueType {
        Numbers(Unit unit, String min, String max, String zero) {
            this(
                    unit,
                    unit.parse(min.isEmpty() ? unit.defaultMin() : min),
                    unit.parse(max.isEmpty() ? unit.defaultMax() : max),
                    zero);
        }

        @Override
        public Object parse(String text, Path workingDirectory) {
            long number;
            try {
                number = unit.parse(text);
            } catch (IllegalArgumentException | ArithmeticException e) {
                boolean unitMissing = unit == Unit.TIME && text.matches("\\d+");
                throw new IllegalArgumentException((unitMissing ? "the unit is missing; use " : "use ") + allowed(), e);
            }
            boolean isMeaningfulZero = number == 0 && !zero.isEmpty();
            if (!isMeaningfulZero && (number < min || number > max)) {
                throw new IllegalArgumentException("use " + allowed());
            }
            return unit.box(number);
        }

        @Override
        public String format(Object value) {
            return unit.format(unit.unbox(value));
        }

        @Override
        public String allowed() {
            return unit.noun() + " from " + range();
        }

        @Override
        public String range() {
            String range = unit.format(min) + " to " + unit.format(max);
            return zero.isEmpty() ? range : range + ", or " + unit.format(0) + " = " + zero;
        }
    }

    /** One of a few words, in lower case. */
    record Choice(List<?> values) implements ValueType {
        @Override
        public Object parse(String text, Path workingDirectory) {
            for (Object value : values) {
                if (format(value).equals(text)) {
                    return value;
                }
            }
            throw new IllegalArgumentException("use " + allowed());
        }

        @Override
        public String format(Object value) {
            return value.toString().toLowerCase(Locale.ROOT);
        }

        @Override
        public String allowed() {
            List<String> names = values.stream().map(this::format).toList();
            return String.join(", ", names.subList(0, names.size() - 1)) + " or " + names.getLast();
        }
    }

    /** A text that matches a pattern; an empty pattern is any text without spaces. */
    record Text(String pattern, String described) implements ValueType {
        @Override
        public Object parse(String text, Path workingDirectory) {
            if (!text.matches(pattern.isEmpty() ? "\\S+" : pattern)) {
                throw new IllegalArgumentException("use " + allowed());
            }
            return text;
        }

        @Override
        public String allowed() {
            return pattern.isEmpty() ? "text without spaces" : described;
        }
    }

    /** A path, made absolute. */
    record FilePath(boolean readable) implements ValueType {
        @Override
        public Object parse(String text, Path workingDirectory) {
            Path path;
            try {
                path = workingDirectory.resolve(text).toAbsolutePath().normalize();
            } catch (InvalidPathException e) {
                throw new IllegalArgumentException("use " + allowed(), e);
            }
            if (readable && !(Files.isRegularFile(path) && Files.isReadable(path))) {
                throw new IllegalArgumentException("use " + allowed() + "; not found or not readable: " + path);
            }
            return path;
        }

        @Override
        public String allowed() {
            return readable ? "the path of a readable file" : "a path";
        }
    }

    /** A secret. Without a pattern, it must consist of characters that are valid in an HTTP header. */
    record SecretText(String pattern, String described) implements ValueType {
        @Override
        public Object parse(String text, Path workingDirectory) {
            if (!text.matches(pattern.isEmpty() ? "[\\x21-\\x7e]+" : pattern)) {
                throw new IllegalArgumentException("use " + allowed());
            }
            return new Secret(text);
        }

        @Override
        public String allowed() {
            return pattern.isEmpty() ? "visible ASCII characters without spaces" : described;
        }

        @Override
        public boolean secret() {
            return true;
        }
    }

    /** A point in time. */
    record Moment() implements ValueType {
        @Override
        public Object parse(String text, Path workingDirectory) {
            try {
                return Instant.parse(text);
            } catch (DateTimeException e) {
                throw new IllegalArgumentException("use " + allowed(), e);
            }
        }

        @Override
        public String allowed() {
            return "an ISO-8601 instant such as 2027-01-31T00:00:00Z";
        }
    }

    /** A set of {@link KeyScope}s, separated by commas. */
    record Scopes() implements ValueType {
        @Override
        public Object parse(String text, Path workingDirectory) {
            return KeyScope.parse(List.of(text.strip().split("\\s*,\\s*", -1)));
        }

        @Override
        public String format(Object value) {
            return ((Set<?>) value)
                    .stream().map(KeyScope.class::cast).map(KeyScope::text).collect(Collectors.joining(","));
        }

        @Override
        public String allowed() {
            return String.join(", ", KeyScope.texts(List.of(KeyScope.values()))) + "; separate several with commas";
        }
    }

    /** Networks, separated by commas. */
    record NetworkList() implements ValueType {
        @Override
        public Object parse(String text, Path workingDirectory) {
            try {
                return Networks.parse(text);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("use " + allowed(), e);
            }
        }

        @Override
        public String allowed() {
            return "IP addresses or networks such as 10.0.0.0/8 or fd00::/8, separated by commas";
        }
    }

    /** A PostgreSQL URL. */
    record Url() implements ValueType {
        @Override
        public Object parse(String text, Path workingDirectory) {
            return DatabaseUrl.parse(text);
        }

        @Override
        public String allowed() {
            return "a postgresql:// or postgres:// URL";
        }

        @Override
        public boolean secret() {
            return true;
        }
    }
}
