package dev.hasten.config;

import java.lang.reflect.RecordComponent;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One row of the table of keys.
 *
 * @param template the path with {@code <name>} for a database's name and {@code []} for a position in a list
 * @param type how its text is read
 * @param optional whether the key may be left without a value
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

    /** The text of the default; empty when the key is then unset. */
    Optional<String> defaultText() {
        return setting.value().isEmpty() ? Optional.empty() : Optional.of(setting.value());
    }

    /** The path for one database. */
    String path(String database) {
        return template.replace("<name>", database);
    }

    /** The part of the path behind the section's. */
    String lastName() {
        return template.substring(template.lastIndexOf('.') + 1);
    }

    /** Whether the key exists once per database. */
    boolean perDatabase() {
        return template.startsWith(ConfigKeys.DATABASES);
    }

    /** Whether one environment variable can carry it: elements of a list have none. */
    boolean scalar() {
        return !template.contains("[]");
    }

    /** How a rejected text may be shown. */
    String shown(String text) {
        return type.secret() ? Secret.MASK : text;
    }

    /** The environment variable of a path: {@code tls.cert} is {@code HASTEN_TLS_CERT}. */
    static String variable(String path) {
        return "HASTEN_" + path.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
    }

    private static String snakeCase(String camelCase) {
        return camelCase.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }
}
