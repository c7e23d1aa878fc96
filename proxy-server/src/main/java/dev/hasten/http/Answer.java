package dev.hasten.http;

import static java.util.Objects.requireNonNull;

import dev.hasten.memory.SharedBytes;
import io.netty.handler.codec.http.HttpHeaderValidationUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The one answer to a request: status, headers, body. It is used up by giving it to {@link Exchange#answer}. */
public final class Answer {
    private static final String JSON = "application/json";
    private static final byte[] EMPTY = {};
    private static final String TEXT = "text/plain; charset=utf-8";

    private final int status;
    private final @Nullable String contentType;
    private final byte[] body;
    private final int length;
    private final @Nullable SharedBytes shared;
    /** Names and values in turn; most answers have none, then it stays the shared empty list. */
    private List<String> headers = List.of();

    private boolean closesConnection;

    private Answer(int status, @Nullable String contentType, byte[] body, int length, @Nullable SharedBytes shared) {
        if (status < 200 || status > 599) {
            throw new IllegalArgumentException("status is " + status + ", must be from 200 to 599");
        }
        this.status = status;
        this.contentType = contentType;
        this.body = requireNonNull(body, "body is null");
        this.length = length;
        this.shared = shared;
    }

    /** A JSON answer. The array is not copied: it must not change any more. */
    public static Answer json(int status, byte[] body) {
        return json(status, body, body.length);
    }

    /** A JSON answer of the first bytes of an array, which is not copied: it must not change any more. */
    public static Answer json(int status, byte[] body, int length) {
        return new Answer(status, JSON, body, length, null);
    }

    /** A JSON answer of bytes that other answers consist of, too. */
    public static Answer json(int status, SharedBytes body) {
        return new Answer(status, JSON, body.array(), body.array().length, body);
    }

    /** A text answer, as UTF-8. */
    public static Answer text(int status, String body) {
        return bytes(status, TEXT, body.getBytes(StandardCharsets.UTF_8));
    }

    /** An answer of any other content type. The array is not copied: it must not change any more. */
    public static Answer bytes(int status, String contentType, byte[] body) {
        requireValue(contentType);
        return new Answer(status, contentType, body, body.length, null);
    }

    /** An answer without a body. */
    public static Answer empty(int status) {
        return new Answer(status, null, EMPTY, 0, null);
    }

    /**
     * Adds a header; a name given twice is sent twice.
     *
     * @throws IllegalArgumentException for a name or value that HTTP does not allow (so that no value can add lines to
     *     the answer) and for the headers that the server sets itself: content-length, content-type, transfer-encoding,
     *     connection, x-request-id
     */
    public Answer header(String name, String value) {
        if (name.isEmpty() || HttpHeaderValidationUtil.validateToken(name) >= 0) {
            throw new IllegalArgumentException("not a header name: '" + name + "'");
        }
        if (isOwnedByServer(name)) {
            throw new IllegalArgumentException("the server sets the header " + name + " itself");
        }
        requireValue(value);
        if (headers.isEmpty()) {
            headers = new ArrayList<>(8);
        }
        headers.add(name);
        headers.add(value);
        return this;
    }

    /** Closes the connection after this answer. */
    public Answer closeConnection() {
        closesConnection = true;
        return this;
    }

    boolean closesConnection() {
        return closesConnection;
    }

    /** The HTTP status. */
    public int status() {
        return status;
    }

    /** The first value of a header added with {@link #header(String, String)}, or null. */
    public @Nullable String header(String name) {
        for (int i = 0; i < headers.size(); i += 2) {
            if (headers.get(i).equalsIgnoreCase(name)) {
                return headers.get(i + 1);
            }
        }
        return null;
    }

    /** The body is the first {@link #length} bytes of this array; not a copy. */
    byte[] body() {
        return body;
    }

    /** Length of the body in bytes. */
    public int length() {
        return length;
    }

    /** Memory of the body in bytes: its array may be longer than the body. */
    public int heapBytes() {
        return body.length;
    }

    /** The body if other answers consist of it, too; else null. */
    @Nullable
    SharedBytes shared() {
        return shared;
    }

    /** The body's media type, or null when there is no body. */
    public @Nullable String contentType() {
        return contentType;
    }

    /** Names and values in turn. */
    List<String> headers() {
        return headers;
    }

    private static boolean isOwnedByServer(String name) {
        return switch (name.length()) {
            case 10 -> name.equalsIgnoreCase("connection");
            case 12 -> name.equalsIgnoreCase("content-type") || name.equalsIgnoreCase("x-request-id");
            case 14 -> name.equalsIgnoreCase("content-length");
            case 17 -> name.equalsIgnoreCase("transfer-encoding");
            default -> false;
        };
    }

    private static void requireValue(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if ((c < ' ' && c != '\t') || c >= 0x7f) {
                throw new IllegalArgumentException(
                        "a header value holds the character " + (int) c + "; only visible ASCII, space and tab may be");
            }
        }
    }
}
