package dev.hasten.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.hasten.fuzz.FuzzServer.Reply;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Any bytes as the beginning of a connection. A head that does not follow the grammar of RFC 9112 is refused, and
 * nothing after it is processed: another server could read it differently.
 */
public final class HttpHeadFuzz {
    private static final byte[] NEXT = "\r\n\r\nGET /health HTTP/1.1\r\nHost: fuzz\r\n\r\n".getBytes(ISO_8859_1);
    private static final FuzzServer SERVER = FuzzServer.start();

    private HttpHeadFuzz() {}

    /** Called by Jazzer before its time limit begins: loads this class, which starts the server. */
    public static void fuzzerInitialize() {
        SERVER.requireIdle(0);
    }

    /** Called by Jazzer. */
    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(input);
        bytes.write(NEXT);
        List<Reply> replies = new ArrayList<>();
        try (Socket socket = SERVER.open()) {
            socket.getOutputStream().write(bytes.toByteArray());
            socket.shutdownOutput();
            BufferedInputStream in = new BufferedInputStream(socket.getInputStream());
            for (Optional<Reply> reply = SERVER.read(in); reply.isPresent(); reply = SERVER.read(in)) {
                replies.add(reply.get());
            }
        } catch (IOException e) {
            // The server resets a connection whose input it does not read.
        }
        if (!ReferenceHead.isValid(bytes.toString(ISO_8859_1)) && !isRefused(replies)) {
            throw new IllegalStateException("an invalid head was processed: " + replies);
        }
    }

    private static boolean isRefused(List<Reply> replies) {
        return replies.size() <= 1
                && replies.stream().allMatch(reply -> reply.status() >= 400 && reply.status() != 401);
    }
}
