package dev.hasten.postgres;

import static dev.hasten.testing.Plans.dataMap;
import static dev.hasten.testing.Plans.field;
import static dev.hasten.testing.Plans.object;
import static dev.hasten.testing.Plans.query;
import static dev.hasten.testing.Plans.rawQuery;
import static dev.hasten.testing.Plans.shape;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.testing.TestPostgres;
import dev.hasten.testing.TestServer;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Session defaults of a database or role do not change the format of values in responses. */
@Tag("integration")
@Tag("postgres-version")
final class DatabaseSettingsTest {
    @RegisterExtension
    static final TestPostgres POSTGRES = TestPostgres.empty();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bytea_output = 'escape'",
                "extra_float_digits = 0",
                "DateStyle = 'SQL, DMY'",
                "TimeZone = 'Asia/Tokyo'",
                "IntervalStyle = 'iso_8601'",
                "standard_conforming_strings = off",
                "client_encoding = 'LATIN1'",
            })
    void responsesAreTheSameWith(String setting) {
        POSTGRES.execute("ALTER DATABASE " + POSTGRES.name() + " SET " + setting);
        try (TestServer server = TestServer.on(POSTGRES).start()) {
            assertThat(server.client()
                            .query(rawQuery(
                                    "SELECT decode('00ff5c41', 'hex'), 0.1::float8 + 0.2::float8, '2026-02-01'::date,"
                                            + " '2026-02-01 00:00:00+00'::timestamptz, '\u00e4'"))
                            .json()
                            .at("/data/rows/0")
                            .toString())
                    .isEqualTo(
                            "[\"AP9cQQ==\",0.30000000000000004,\"2026-02-01\",\"2026-02-01T00:00:00+00:00\",\"\u00e4\"]");
            Map<String, ?> bytes = object(
                    "type", "field", "fieldType", object("arity", "scalar", "type", "bytes", "encoding", "array"));
            assertThat(server.client()
                            .query(dataMap(
                                    query(
                                            "SELECT decode('00ff5c41', 'hex') AS b, '2026-02-01 10:00:00+00'::timestamptz AS t"),
                                    shape("b", bytes, "t", field("datetime"))))
                            .data())
                    .isEqualTo("[{\"b\":{\"$type\":\"Bytes\",\"value\":\"AP9cQQ==\"},"
                            + "\"t\":{\"$type\":\"DateTime\",\"value\":\"2026-02-01T10:00:00.000Z\"}}]");
        } finally {
            POSTGRES.execute("ALTER DATABASE " + POSTGRES.name() + " RESET ALL");
        }
    }

    @Test
    void bytesAreCorrectAfterARequestChangedTheirFormat() {
        try (TestServer server = TestServer.on(POSTGRES).with("pool.size", 1).start()) {
            assertThat(server.client()
                            .query(rawQuery("SET bytea_output = 'escape'; SELECT decode('00ff5c41', 'hex')"))
                            .json()
                            .at("/data/rows/0/0")
                            .asString())
                    .isIn("AP9cQQ==", "");
            assertThat(server.client()
                            .query(rawQuery("SELECT decode('00ff5c41', 'hex')"))
                            .json()
                            .at("/data/rows/0/0")
                            .asString())
                    .isEqualTo("AP9cQQ==");
        }
    }
}
