package dev.hasten.config;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The table of all keys, built from the {@link Setting} annotations on the configuration records. Reading, environment
 * names, hints, {@link Config#describe()} and the documentation iterate over this table and refer to no key by name.
 */
final class ConfigKeys {
    /** The prefix of all database paths. */
    static final String DATABASES = "databases.";

    /** The sections, in the order of the documentation. */
    static final List<Section> SECTIONS = List.of(
            Section.of("", ServerConfig.class),
            Section.of("tls.", TlsConfig.class),
            Section.of("http.", HttpConfig.class),
            Section.of("log.", LogConfig.class),
            Section.of("keys.", KeysConfig.class),
            Section.of("cache.", CacheConfig.class),
            Section.of("insights.", InsightsConfig.class),
            Section.of("audit.", AuditConfig.class),
            Section.of("memory.", MemoryConfig.class),
            Section.of("otlp.", OtlpConfig.class),
            Section.of("databases.<name>.", DatabaseConfig.class),
            Section.of("databases.<name>.pool.", PoolConfig.class),
            Section.of("databases.<name>.limits.", LimitsConfig.class),
            Section.of("databases.<name>.schemas.", SchemasConfig.class),
            Section.of("databases.<name>.cache.", DatabaseCacheConfig.class),
            Section.of("databases.<name>.cache.stream.", StreamConfig.class),
            Section.of("databases.<name>.cache.defaults[].", DatabaseCacheConfig.Default.class),
            Section.of("databases.<name>.keys[].", ApiKeyConfig.KeyEntry.class));

    /** Every key, in the order of the sections. */
    static final List<Key> ALL =
            SECTIONS.stream().flatMap(section -> section.keys().stream()).toList();

    private static final Map<String, Key> BY_TEMPLATE =
            ALL.stream().collect(Collectors.toUnmodifiableMap(Key::template, Function.identity()));

    private static final Map<String, Key> BY_FORMER_TEMPLATE = ALL.stream()
            .filter(key -> key.formerTemplate().isPresent())
            .collect(Collectors.toUnmodifiableMap(key -> key.formerTemplate().orElseThrow(), Function.identity()));

    private static final Pattern DATABASE = Pattern.compile("databases\\.([^.]+)\\.(.*)");

    private ConfigKeys() {}

    /**
     * A record whose annotated components are keys.
     *
     * @param keys in the order of the components
     */
    record Section(String prefix, Class<? extends Record> type, List<Key> keys) {
        static Section of(String prefix, Class<? extends Record> type) {
            List<Key> keys = Arrays.stream(type.getRecordComponents())
                    .flatMap(component -> key(prefix, component).stream())
                    .toList();
            return new Section(prefix, type, keys);
        }

        private static Optional<Key> key(String prefix, RecordComponent component) {
            return Optional.ofNullable(component.getAnnotation(Setting.class))
                    .map(setting -> Key.of(prefix, component, setting));
        }
    }

    /** The section declared by a record. */
    static Section section(Class<? extends Record> type) {
        return SECTIONS.stream()
                .filter(section -> section.type().equals(type))
                .findFirst()
                .orElseThrow();
    }

    /** The current path for the path of a renamed key, or empty if no key was renamed from it. */
    static Optional<String> renamed(String path) {
        return Optional.ofNullable(BY_FORMER_TEMPLATE.get(template(path)))
                .map(key -> path.substring(0, path.lastIndexOf('.') + 1) + key.lastName());
    }

    /** The key for a full path, or empty if no such key exists. */
    static Optional<Key> find(String path) {
        return Optional.ofNullable(BY_TEMPLATE.get(template(path)));
    }

    /** Whether the path is a section with keys below it, such as {@code http} or {@code databases.app}. */
    static boolean isSection(String path) {
        String template = template(path + ".");
        return ALL.stream().anyMatch(key -> isWithin(key.template(), template));
    }

    /** The known path that is most similar to an unknown path. */
    static String nearest(String unknownPath, Collection<String> databases) {
        return Nearest.to(unknownPath, paths(databases));
    }

    /** The paths of all keys, for the given databases. */
    static Stream<String> paths(Collection<String> databases) {
        return ALL.stream()
                .flatMap(key -> key.perDatabase() ? databases.stream().map(key::path) : Stream.of(key.template()));
    }

    private static boolean isWithin(String template, String section) {
        // The template of "databases.<name>.keys." is "databases.<name>.keys[].": the list itself is a section too.
        return template.startsWith(section) || template.startsWith(section.substring(0, section.length() - 1) + "[].");
    }

    private static String template(String path) {
        Matcher matcher = DATABASE.matcher(path);
        String named = matcher.matches() ? "databases.<name>." + matcher.group(2) : path;
        return named.replaceAll("\\[[^\\]]*]", "[]");
    }
}
