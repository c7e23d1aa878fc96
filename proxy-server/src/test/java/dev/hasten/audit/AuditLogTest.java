package dev.hasten.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AuditLogTest {
    @TempDir
    private Path directory;

    private AuditLog log(long maxBytes) {
        return new AuditLog(directory.resolve("state/audit.log"), maxBytes, () -> Instant.EPOCH);
    }

    @Test
    void eachEventIsALineOfJson() throws Exception {
        try (AuditLog log = log(1_000_000)) {
            log.record("key.created", "admin API", "main", Map.of("name", "say \"hi\"\n"));
            log.record("server.drained", "admin API", null, Map.of());
        }
        Path file = directory.resolve("state/audit.log");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        List<String> lines = Files.readAllLines(file);
        assertThat(lines).hasSize(2);
        JsonNode first = JsonMapper.shared().readTree(lines.getFirst());
        assertThat(first.get("time").stringValue()).isEqualTo("1970-01-01T00:00:00Z");
        assertThat(first.get("action").stringValue()).isEqualTo("key.created");
        assertThat(first.get("database").stringValue()).isEqualTo("main");
        assertThat(first.get("name").stringValue()).isEqualTo("say \"hi\"\n");
    }

    @Test
    void theFileIsRenamedWhenItIsLargeSoTheDiskIsBounded() throws Exception {
        try (AuditLog log = log(10_000)) {
            for (int i = 0; i < 1000; i++) {
                log.record("cache.invalidated", "API key web", "main", Map.of("names", "tag" + i));
            }
        }
        try (AuditLog log = log(10_000)) {
            log.record("cache.invalidated", "API key web", "main", Map.of("names", "last"));
        }
        Path file = directory.resolve("state/audit.log");
        assertThat(Files.readString(file)).contains("\"last\"");
        assertThat(directory.resolve("state/audit.log.1")).exists();
        try (var files = Files.list(directory.resolve("state"))) {
            assertThat(files).hasSize(2);
        }
    }

    @Test
    void theLatestThousandAreKeptInMemory() {
        try (AuditLog log = new AuditLog(null, 0, () -> Instant.EPOCH)) {
            for (int i = 0; i < 1500; i++) {
                log.record("event", Integer.toString(i), null, Map.of());
            }
            assertThat(log.latest(5000)).hasSize(1000);
            assertThat(log.latest(1))
                    .singleElement()
                    .extracting(AuditEvent::actor)
                    .isEqualTo("1499");
        }
    }

    @Test
    void theLatestEventsAreKnownAfterARestart() throws Exception {
        try (AuditLog log = log(1_000_000)) {
            for (int i = 0; i < 1200; i++) {
                log.record("key.created", "admin API", "main", Map.of("name", "key " + i));
            }
            log.record("server.drained", "admin API", null, Map.of());
        }
        Files.writeString(directory.resolve("state/audit.log"), "no JSON\n", StandardOpenOption.APPEND);
        try (AuditLog log = log(1_000_000)) {
            List<AuditEvent> events = log.latest(5000);
            assertThat(events).hasSize(1000);
            assertThat(events.getFirst().action()).isEqualTo("server.drained");
            assertThat(events.get(1))
                    .isEqualTo(new AuditEvent(
                            Instant.EPOCH, "key.created", "admin API", "main", Map.of("name", "key 1199")));
        }
    }
}
