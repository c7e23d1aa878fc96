package dev.hasten.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages of test_decoding are understood, or recognized as not understood. */
final class DecodedMessageTest {
    private static DecodedMessage parse(String text) {
        return DecodedMessage.of(ByteBuffer.wrap(text.getBytes(UTF_8)));
    }

    private static DecodedMessage change(String... tables) {
        return new DecodedMessage.Change(List.of(tables));
    }

    @Test
    void transactionsHaveTheLowerBitsOfTheirNumber() {
        assertThat(parse("BEGIN 753")).isEqualTo(new DecodedMessage.Begin());
        assertThat(parse("COMMIT 753")).isEqualTo(new DecodedMessage.Commit(753));
        assertThat(parse("COMMIT 4294967290")).isEqualTo(new DecodedMessage.Commit(-6));
    }

    @Test
    void tablesAreNamedAsInPostgres() {
        assertThat(parse("table public.item: INSERT: id[integer]:1")).isEqualTo(change("public.item"));
        assertThat(parse("table public.\"User\": DELETE: (no-tuple-data)")).isEqualTo(change("public.\"User\""));
        assertThat(parse("table \"a.b\".\"c\"\"d: , \n e\": UPDATE: old-key: id[integer]:1"))
                .isEqualTo(change("\"a.b\".\"c\"\"d: , \n e\""));
        assertThat(parse("table public.a, public.\"b, c\": TRUNCATE: restart_seqs cascade"))
                .isEqualTo(change("public.a", "public.\"b, c\""));
    }

    @Test
    void onlyTheBeginningOfALargeRowIsRead() {
        String row = "x".repeat(1 << 20);
        assertThat(parse("table public.item: INSERT: name[text]:'" + row + "'")).isEqualTo(change("public.item"));
    }

    @Test
    void emittedMessagesHaveAPrefix() {
        assertThat(parse("message: transactional: 1 prefix: hasten, sz: 3 content:ddl"))
                .isEqualTo(new DecodedMessage.Emitted("hasten"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "PREPARE TRANSACTION 'x'",
                "table ",
                "table a",
                "table a.",
                "table \"a",
                "table a.b",
                "table A.b: X"
            })
    void everythingElseIsUnknown(String text) {
        assertThat(parse(text)).isEqualTo(new DecodedMessage.Unknown());
    }
}
