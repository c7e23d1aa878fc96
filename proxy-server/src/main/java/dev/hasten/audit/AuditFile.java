package dev.hasten.audit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The lines of the audit log's file: flat objects with the members of the event and its details. */
final class AuditFile {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String TIME = "time";
    private static final String ACTION = "action";
    private static final String ACTOR = "actor";
    private static final String DATABASE = "database";
    /** How much of the end of the file is read; more than enough for the remembered events. */
    private static final int READ_BYTES = 1 << 20;

    private AuditFile() {}

    static String line(AuditEvent event) {
        StringBuilder json = new StringBuilder(200)
                .append("{\"time\":\"")
                .append(event.time())
                .append('"');
        member(json, ACTION, event.action());
        member(json, ACTOR, event.actor());
        if (event.database() != null) {
            member(json, DATABASE, event.database());
        }
        new TreeMap<>(event.details()).forEach((name, value) -> member(json, name, value));
        return json.append("}\n").toString();
    }

    private static void member(StringBuilder json, String name, String value) {
        json.append(",").append(JSON.writeValueAsString(name)).append(":").append(JSON.writeValueAsString(value));
    }

    /** The latest events of a file, the newest first. Those that cannot be read are left out: the file is only a record. */
    static List<AuditEvent> latest(@Nullable Path file, int limit) {
        if (file == null || !Files.isRegularFile(file)) {
            return List.of();
        }
        List<AuditEvent> events = new ArrayList<>();
        for (String line : end(file).split("\n", -1)) {
            AuditEvent event = event(line);
            if (event != null) {
                events.addFirst(event);
            }
        }
        return events.size() <= limit ? events : events.subList(0, limit);
    }

    private static String end(Path file) {
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            byte[] bytes = new byte[(int) Math.min(in.length(), READ_BYTES)];
            in.seek(in.length() - bytes.length);
            in.readFully(bytes);
            return new String(bytes, UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    private static @Nullable AuditEvent event(String line) {
        try {
            JsonNode json = JSON.readTree(line);
            if (!json.path(TIME).isString() || !json.path(ACTION).isString()) {
                return null;
            }
            Map<String, String> details = new TreeMap<>();
            json.properties().forEach(member -> {
                if (!List.of(TIME, ACTION, ACTOR, DATABASE).contains(member.getKey())) {
                    details.put(member.getKey(), member.getValue().asString(""));
                }
            });
            JsonNode database = json.path(DATABASE);
            return new AuditEvent(
                    Instant.parse(json.path(TIME).stringValue()),
                    json.path(ACTION).stringValue(),
                    json.path(ACTOR).asString(""),
                    database.isString() ? database.stringValue() : null,
                    details);
        } catch (JacksonException | DateTimeException e) {
            // The first line may be cut off.
            return null;
        }
    }
}
