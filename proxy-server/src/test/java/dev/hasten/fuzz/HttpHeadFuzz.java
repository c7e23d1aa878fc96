package dev.hasten.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Any bytes as the beginning of a connection. A head that does not follow the grammar of RFC 9112 is refused, and
 * nothing after it is processed: another server could read it differently.
 */
public final class HttpHeadFuzz {
    private static final byte[] NEXT = "\r\n\r\nGET /health HTTP/1.1\r\nHost: fuzz\r\n\r\n".getBytes(ISO_8859_1);
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.1 (\\d{3})");
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
        String responses = "";
        try (Socket socket = SERVER.open()) {
            socket.getOutputStream().write(bytes.toByteArray());
            socket.shutdownOutput();
            responses = new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        } catch (IOException e) {
            // The server resets a connection whose input it does not read.
        }
        SERVER.requireClean(0, responses);
        // Not parsed by their lengths: a response to HEAD has one, but no body.
        List<String> statuses = STATUS.matcher(responses)
                .results()
                .map(status -> status.group(1))
                .toList();
        if (!ReferenceHead.isValid(bytes.toString(ISO_8859_1)) && !isRefused(statuses)) {
            throw new IllegalStateException("an invalid head was processed: " + responses);
        }
    }

    private static boolean isRefused(List<String> statuses) {
        return statuses.size() <= 1
                && statuses.stream().allMatch(status -> status.charAt(0) >= '4' && !status.equals("401"));
    }
}
