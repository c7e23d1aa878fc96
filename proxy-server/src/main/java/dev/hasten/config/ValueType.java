package dev.hasten.config;

import dev.hasten.protocol.Scope;
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

/** How the text of a key becomes a value, and back. Every text that {@link #format} makes can be parsed again. */
sealed interface ValueType {
    /**
     * Reads a value.
     *
     * @param text as it stands in YAML, environment or flag
     * @param workingDirectory what relative paths are relative to
     * @throws IllegalArgumentException whose message says what is allowed and never shows a secret
     */
    Object parse(String text, Path workingDirectory);

    /** The value as YAML would carry it. Secrets are masked. */
    default String format(Object value) {
        return value.toString();
    }

    /** What is allowed, as a noun phrase for errors and documentation. */
    String allowed();

    /** What is allowed, for a reader who knows how numbers are written. */
    default String range() {
        return allowed();
    }

    /** Whether a rejected text must not be printed. */
    default boolean secret() {
        return false;
    }

    /** Picks the type by the class of the component that declares the key. */
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
            return new Text(setting.pattern());
        }
        if (type == Path.class) {
            return new FilePath(setting.readable());
        }
        if (type == Secret.class) {
            return new SecretText(setting.pattern());
        }
        if (type == Instant.class) {
            return new Moment();
        }
        if (type == Set.class) {
            // The only sets in the configuration.
            return new Scopes();
        }
        if (type == DatabaseUrl.class) {
            return new Url();
        }
        throw new IllegalStateException("no value type for " + type);
    }

    /** A count, size or duration within bounds; 0 may have a meaning of its own. */
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
                throw new IllegalArgumentException((unitMissing ? "a unit is missing; give " : "give ") + allowed(), e);
            }
            boolean isMeaningfulZero = number == 0 && !zero.isEmpty();
            if (!isMeaningfulZero && (number < min || number > max)) {
                throw new IllegalArgumentException("give " + allowed());
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
            throw new IllegalArgumentException("give " + allowed());
        }

        @Override
        public String format(Object value) {
            return value.toString().toLowerCase(Locale.ROOT);
        }

        @Override
        public String allowed() {
            return values.stream().map(this::format).collect(Collectors.joining(" or "));
        }
    }

    /** A text that matches a pattern; an empty pattern is any text without spaces. */
    record Text(String pattern) implements ValueType {
        @Override
        public Object parse(String text, Path workingDirectory) {
            if (!text.matches(pattern.isEmpty() ? "\\S+" : pattern)) {
                throw new IllegalArgumentException("give " + allowed());
            }
            return text;
        }

        @Override
        public String allowed() {
            return pattern.isEmpty() ? "text without spaces" : "text like " + pattern;
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
                throw new IllegalArgumentException("give " + allowed(), e);
            }
            if (readable && !(Files.isRegularFile(path) && Files.isReadable(path))) {
                throw new IllegalArgumentException("give " + allowed() + "; there is none at " + path);
            }
            return path;
        }

        @Override
        public String allowed() {
            return readable ? "the path of a readable file" : "a path";
        }
    }

    /** A secret; without a pattern it is one that can travel in an HTTP header. */
    record SecretText(String pattern) implements ValueType {
        @Override
        public Object parse(String text, Path workingDirectory) {
            if (!text.matches(pattern.isEmpty() ? "[\\x21-\\x7e]+" : pattern)) {
                throw new IllegalArgumentException("give " + allowed());
            }
            return new Secret(text);
        }

        @Override
        public String allowed() {
            return pattern.isEmpty() ? "visible ASCII characters without spaces" : "text like " + pattern;
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
                throw new IllegalArgumentException("give " + allowed(), e);
            }
        }

        @Override
        public String allowed() {
            return "an ISO-8601 instant such as 2027-01-31T00:00:00Z";
        }
    }

    /** What a key may do: a set of words, written with commas between them. */
    record Scopes() implements ValueType {
        @Override
        public Object parse(String text, Path workingDirectory) {
            return Scope.parse(List.of(text.strip().split("\\s*,\\s*", -1)));
        }

        @Override
        public String format(Object value) {
            return ((Set<?>) value)
                    .stream().map(Scope.class::cast).map(Scope::text).collect(Collectors.joining(","));
        }

        @Override
        public String allowed() {
            return String.join(", ", Scope.texts(List.of(Scope.values()))) + "; several with commas between them";
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
