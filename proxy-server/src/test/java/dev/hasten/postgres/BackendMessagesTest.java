package dev.hasten.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Messages are parsed correctly however their bytes are split. */
class BackendMessagesTest {
    private final List<String> seen = new ArrayList<>();
    private final BackendMessages messages = new BackendMessages(new BackendMessages.Observer() {
        @Override
        public void message(boolean isRow, int length) {
            seen.add("message " + length);
        }

        @Override
        public void row(int columns) {
            seen.add("row " + columns);
        }

        @Override
        public void value(int length) {
            seen.add("value " + length);
        }

        @Override
        public void setting(String name, String value) {
            seen.add(name + "=" + value);
        }
    });

    private static byte[] message(char type, byte[] body) {
        return bytes(out -> {
            out.writeByte(type);
            out.writeInt(body.length + 4);
            out.write(body);
        });
    }

    private static byte[] row(String... values) {
        return message('D', bytes(out -> {
            out.writeShort(values.length);
            for (String value : values) {
                out.writeInt(value == null ? -1 : value.length());
                out.write(value == null ? new byte[0] : value.getBytes(UTF_8));
            }
        }));
    }

    private static byte[] setting(String name, String value) {
        return message('S', (name + "\0" + value + "\0").getBytes(UTF_8));
    }

    private interface Writing {
        void to(DataOutputStream out) throws IOException;
    }

    private static byte[] bytes(Writing writing) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            writing.to(new DataOutputStream(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static byte[] joined(byte[]... parts) {
        return bytes(out -> {
            for (byte[] part : parts) {
                out.write(part);
            }
        });
    }

    private byte[] followed(byte[] stream, Random cuts) throws IOException {
        byte[] changed = stream.clone();
        int longest = cuts.nextBoolean() ? 7 : stream.length;
        for (int at = 0; at < changed.length; ) {
            int length = Math.min(changed.length - at, 1 + cuts.nextInt(longest));
            messages.follow(changed, at, length);
            at += length;
        }
        return changed;
    }

    @Property(tries = 200)
    void rowsAndSettingsAreReportedHoweverTheyAreSplit(@ForAll long seed) throws IOException {
        seen.clear();
        BackendMessagesTest fresh = new BackendMessagesTest();
        byte[] stream = joined(
                new byte[] {'N'},
                message('R', new byte[] {0, 0, 0, 0}),
                setting("DateStyle", "German, DMY"),
                row("a", null, "", "four"),
                message('C', "SELECT 1\0".getBytes(UTF_8)),
                row(),
                setting("client_encoding", "LATIN1"),
                setting("TimeZone", "UTC"),
                message('Z', new byte[] {'I'}),
                message('n', new byte[0]));
        byte[] changed = fresh.followed(stream, new Random(seed));
        assertThat(fresh.seen)
                .containsExactly(
                        "message 4",
                        "message 22",
                        "DateStyle=German, DMY",
                        "message 23",
                        "row 4",
                        "value 1",
                        "value 0",
                        "value 4",
                        "message 9",
                        "message 2",
                        "row 0",
                        "message 23",
                        "client_encoding=LATIN1",
                        "message 13",
                        "TimeZone=UTC",
                        "message 1",
                        "message 0");
        assertThat(new String(changed, UTF_8))
                .isEqualTo(new String(stream, UTF_8)
                        .replace("DateStyle", "dateStyle")
                        .replace("client_encoding", "Client_encoding"));
    }

    @Example
    void encryptedBytesAreIgnored() throws IOException {
        byte[] encrypted = new byte[200];
        new Random(1).nextBytes(encrypted);
        byte[] stream = joined(new byte[] {'N', 'S'}, encrypted);
        assertThat(followed(stream, new Random(1))).isEqualTo(stream);
        assertThat(seen).isEmpty();
    }

    @Example
    void longSettingIsReported() throws IOException {
        byte[] stream = joined(row(), setting("search_path", "x".repeat(1000)), row("1"));
        assertThat(Arrays.equals(followed(stream, new Random(1)), stream)).isTrue();
        assertThat(seen).endsWith("row 1", "value 1");
    }
}
