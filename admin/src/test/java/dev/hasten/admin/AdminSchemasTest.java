package dev.hasten.admin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.admin.RunningServer.Reply;
import dev.hasten.testing.TestServer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The list of Prisma 5 and 6 schemas for operators. Uploading a schema needs no database. */
@Tag("integration")
class AdminSchemasTest {
    private static final String SCHEMA = """
            datasource db {
              provider = "postgresql"
              url      = env("DATABASE_URL")
            }
            model Item {
              id Int @id
            }
            """;

    @TempDir
    private Path stateDir;

    private RunningServer server() {
        return RunningServer.withoutDatabase().with("state_dir", stateDir);
    }

    @Test
    void uploadedSchemasAreStillListedAfterARestart() throws Exception {
        String base64 = Base64.getEncoder().encodeToString(SCHEMA.getBytes(UTF_8));
        String hash =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(base64.getBytes(UTF_8)));
        try (RunningServer running = server().start()) {
            assertThat(running.admin("/schemas").body())
                    .isEqualTo("{\"databases\":[{\"database\":\"default\",\"schemas\":[]}]}");
            Reply uploaded = running.query("PUT", "/6.19.0/" + hash + "/schema", TestServer.KEY, base64);
            assertThat(uploaded.status()).as(uploaded.body()).isEqualTo(200);
            JsonNode listed = running.admin("/schemas").json().at("/databases/0/schemas/0");
            assertThat(listed.get("hash").asString()).isEqualTo(hash);
            assertThat(listed.get("bytes").asInt()).isEqualTo(SCHEMA.length());
            assertThat(listed.get("uploaded").asString()).endsWith("Z");
            assertThat(listed.get("last_used").asString()).endsWith("Z");
        }
        try (RunningServer restarted = server().start()) {
            JsonNode listed = restarted.admin("/schemas").json().at("/databases/0/schemas/0");
            assertThat(listed.get("hash").asString()).isEqualTo(hash);
            assertThat(listed.get("last_used").isNull()).isTrue();
        }
    }
}
