package dev.hasten.auth;

import dev.hasten.config.KeyLimits;
import dev.hasten.config.KeyScope;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The JSON format of the key file:
 * {@code {"version":1,"keys":[{"id","name","database","scopes","sha256","created","expires"}]}}. Times are in ISO 8601.
 * {@code limits} has the {@link KeyLimits} and {@code previous} the tokens before the last rotations; both are
 * optional.
 * {@code scopes} is a list of {@link KeyScope#text() words}; if it is absent, as in files from before scopes existed, the
 * key has {@link KeyScope#DEFAULT}. {@code expires} is null or absent for a key that never expires.
 *
 * <p>A file with an unknown field is rejected as a whole. The field may restrict a key, and an older server that
 * ignored it would grant too much.
 */
final class KeyFileFormat {
    private static final int VERSION = 1;
    private static final List<String> FILE_FIELDS = List.of("version", "keys");
    private static final List<String> REQUIRED_OF_KEY = List.of("id", "name", "database", "sha256", "created");
    private static final List<String> ALL_OF_KEY =
            List.of("id", "name", "database", "scopes", "sha256", "created", "expires", "limits", "previous");
    private static final List<String> LIMITS = List.of(
            "requests_per_second",
            "burst",
            "max_concurrent",
            "requests_per_day",
            "requests_per_month",
            "bytes_per_day",
            "bytes_per_month");
    private static final List<String> PREVIOUS = List.of("sha256", "until");

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final Path file;

    /** Creates an instance for this file, which appears only in exception messages. */
    KeyFileFormat(Path file) {
        this.file = file;
    }

    /**
     * Parses the text of a key file.
     *
     * @throws KeyFileException if the text is not in this format, or two keys have the same id or token
     */
    List<StoredKey> parse(String text) {
        JsonNode root = readTree(text);
        if (!root.isObject()) {
            throw malformed("it is not a JSON object");
        }
        // Checked first, because the fields of other versions are unknown.
        JsonNode version = root.get("version");
        if (version == null || !version.isInt() || version.intValue() != VERSION) {
            throw malformed("its version is " + (version == null ? "missing" : version)
                    + "; this version of Hasten supports version " + VERSION);
        }
        checkFields(root, "the file", FILE_FIELDS, FILE_FIELDS);
        JsonNode list = root.get("keys");
        if (!list.isArray()) {
            throw malformed("keys is not a list");
        }
        List<StoredKey> keys = new ArrayList<>(list.size());
        Set<String> ids = new HashSet<>();
        Set<TokenDigest> digests = new HashSet<>();
        for (int i = 0; i < list.size(); i++) {
            String place = "keys[" + i + "]";
            StoredKey key = key(list.get(i), place);
            if (!ids.add(key.key().id()) || !digests.add(key.digest())) {
                throw malformed(place + " has the same id or sha256 as an earlier key");
            }
            keys.add(key);
        }
        return List.copyOf(keys);
    }

    /** Formats the keys as text that {@link #parse} can read. */
    String write(List<StoredKey> keys) {
        ObjectNode root = JSON.createObjectNode();
        root.put("version", VERSION);
        ArrayNode list = root.putArray("keys");
        for (StoredKey stored : keys) {
            ApiKey key = stored.key();
            ObjectNode node = list.addObject();
            node.put("id", key.id()).put("name", key.name()).put("database", key.database());
            ArrayNode scopes = node.putArray("scopes");
            KeyScope.texts(key.scopes()).forEach(scopes::add);
            node.put("sha256", stored.digest().hex())
                    .put("created", String.valueOf(key.created()))
                    .put("expires", key.expires() == null ? null : key.expires().toString());
            if (!key.limits().equals(KeyLimits.NONE)) {
                write(key.limits(), node.putObject("limits"));
            }
            if (!stored.previous().isEmpty()) {
                ArrayNode previous = node.putArray("previous");
                stored.previous()
                        .forEach(token -> previous.addObject()
                                .put("sha256", token.digest().hex())
                                .put("until", token.until().toString()));
            }
        }
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
    }

    private static void write(KeyLimits limits, ObjectNode node) {
        node.put("requests_per_second", limits.requestsPerSecond())
                .put("burst", limits.burst())
                .put("max_concurrent", limits.concurrent())
                .put("requests_per_day", limits.requestsPerDay())
                .put("requests_per_month", limits.requestsPerMonth())
                .put("bytes_per_day", limits.bytesPerDay())
                .put("bytes_per_month", limits.bytesPerMonth());
    }

    private KeyLimits limits(JsonNode node, String place) {
        checkFields(node, place, List.of(), LIMITS);
        for (JsonNode limit : node) {
            if (!limit.isIntegralNumber() || !limit.canConvertToLong()) {
                throw malformed(place + " has a value that is not a whole number");
            }
        }
        try {
            return new KeyLimits(
                    node.path("requests_per_second").asInt(0),
                    node.path("burst").asInt(0),
                    node.path("max_concurrent").asInt(0),
                    node.path("requests_per_day").asLong(0),
                    node.path("requests_per_month").asLong(0),
                    node.path("bytes_per_day").asLong(0),
                    node.path("bytes_per_month").asLong(0));
        } catch (IllegalArgumentException | JacksonException e) {
            throw new KeyFileException(file, place + ": " + e.getMessage(), e);
        }
    }

    private List<StoredKey.Previous> previous(JsonNode list, String place) {
        if (!list.isArray()) {
            throw malformed(place + " is not a list");
        }
        List<StoredKey.Previous> previous = new ArrayList<>();
        for (JsonNode node : list) {
            checkFields(node, place, PREVIOUS, PREVIOUS);
            previous.add(new StoredKey.Previous(digest(node, place), instant(node, place, "until")));
        }
        return previous;
    }

    private TokenDigest digest(JsonNode node, String place) {
        try {
            return TokenDigest.parse(text(node, place, "sha256"));
        } catch (IllegalArgumentException e) {
            throw malformed(place + ".sha256 is not 64 hex digits");
        }
    }

    private JsonNode readTree(String text) {
        if (text.isBlank()) {
            throw malformed("it is empty; delete it if there are no keys");
        }
        try {
            return JSON.readTree(text);
        } catch (JacksonException e) {
            // Jackson's own message is not used because it quotes the file.
            String line =
                    e.getLocation() == null ? "" : " (line " + e.getLocation().getLineNr() + ")";
            throw new KeyFileException(file, "it is not valid JSON, or repeats a field" + line, e);
        }
    }

    private StoredKey key(JsonNode node, String place) {
        checkFields(node, place, REQUIRED_OF_KEY, ALL_OF_KEY);
        String id = text(node, place, "id");
        if (!KeyToken.isId(id)) {
            throw malformed(place + ".id does not have the format of a Hasten key id");
        }
        TokenDigest digest = digest(node, place);
        String database = text(node, place, "database");
        Set<KeyScope> scopes = node.has("scopes") ? scopes(node.get("scopes"), place) : KeyScope.DEFAULT;
        Instant created = instant(node, place, "created");
        Instant expires = node.hasNonNull("expires") ? instant(node, place, "expires") : null;
        KeyLimits limits = node.hasNonNull("limits") ? limits(node.get("limits"), place + ".limits") : KeyLimits.NONE;
        List<StoredKey.Previous> previous =
                node.hasNonNull("previous") ? previous(node.get("previous"), place + ".previous") : List.of();
        try {
            ApiKey key = new ApiKey(
                    id, text(node, place, "name"), database, scopes, created, expires, limits, ApiKey.Source.FILE);
            return new StoredKey(key, digest, previous);
        } catch (IllegalArgumentException e) {
            throw new KeyFileException(file, place + ".name: " + e.getMessage(), e);
        }
    }

    private void checkFields(JsonNode node, String place, List<String> required, List<String> allowed) {
        if (!node.isObject()) {
            throw malformed(place + " is not a JSON object");
        }
        Collection<String> names = node.propertyNames();
        for (String name : required) {
            if (!names.contains(name)) {
                throw malformed(place + " has no field " + name);
            }
        }
        for (String name : names) {
            if (!allowed.contains(name)) {
                throw malformed(place + " has an unknown field; allowed fields: " + String.join(", ", allowed)
                        + ". A newer version of Hasten may have written the file");
            }
        }
    }

    private Set<KeyScope> scopes(JsonNode list, String place) {
        if (!list.isArray() || !list.valueStream().allMatch(JsonNode::isString)) {
            throw malformed(place + ".scopes is not a list of strings");
        }
        try {
            return KeyScope.parse(list.valueStream().map(JsonNode::stringValue).toList());
        } catch (IllegalArgumentException e) {
            throw new KeyFileException(
                    file,
                    place + ".scopes is empty or has an unknown scope; allowed scopes: "
                            + String.join(", ", KeyScope.texts(List.of(KeyScope.values())))
                            + ". A newer version of Hasten may have written the file",
                    e);
        }
    }

    private String text(JsonNode node, String place, String field) {
        JsonNode value = node.get(field);
        if (value == null || !value.isString() || value.stringValue().isEmpty()) {
            throw malformed(place + "." + field + " is not a non-empty string");
        }
        return value.stringValue();
    }

    private Instant instant(JsonNode node, String place, String field) {
        try {
            return Instant.parse(text(node, place, field));
        } catch (DateTimeException e) {
            throw new KeyFileException(file, place + "." + field + " is not a time such as 2026-11-22T12:00:00Z", e);
        }
    }

    private KeyFileException malformed(String problem) {
        return new KeyFileException(file, problem, null);
    }
}
