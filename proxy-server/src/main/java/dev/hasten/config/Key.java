package dev.hasten.config;

import java.lang.reflect.RecordComponent;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One row of the table of keys, {@link ConfigKeys}.
 *
 * @param template the path, with {@code <name>} for the database name and {@code []} for a list position
 * @param type how the value is parsed
 * @param optional whether the key may be unset
 * @param setting default and documentation
 */
record Key(String template, ValueType type, boolean optional, Setting setting) {
    static Key of(String prefix, RecordComponent component, Setting setting) {
        return new Key(
                prefix + snakeCase(component.getName()),
                ValueType.of(component.getType(), setting),
                component.getAnnotatedType().isAnnotationPresent(Nullable.class),
                setting);
    }

    /** The text of the default; empty if the key is unset by default. */
    Optional<String> defaultText() {
        return setting.value().isEmpty() ? Optional.empty() : Optional.of(setting.value());
    }

    /** The path for one database. */
    String path(String database) {
        return template.replace("<name>", database);
    }

    /** The part of the path after the section's prefix. */
    String lastName() {
        return template.substring(template.lastIndexOf('.') + 1);
    }

    /** The template before the key was renamed, empty if it never was. */
    Optional<String> formerTemplate() {
        return setting.formerly().isEmpty()
                ? Optional.empty()
                : Optional.of(template.substring(0, template.lastIndexOf('.') + 1) + setting.formerly());
    }

    /** Whether the key exists once per database. */
    boolean perDatabase() {
        return template.startsWith(ConfigKeys.DATABASES);
    }

    /** Whether the key has an environment variable; list elements have none. */
    boolean scalar() {
        return !template.contains("[]");
    }

    /** The rejected text as it may be shown in a message. */
    String shown(String text) {
        return type.secret() ? Secret.MASK : text;
    }

    /** The environment variable for a path: {@code HASTEN_TLS_CERT} for {@code tls.cert}. */
    static String variable(String path) {
        return "HASTEN_" + path.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
    }

    private static String snakeCase(String camelCase) {
        return camelCase.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }
}
