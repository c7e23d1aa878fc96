package dev.hasten.http;

import static java.util.Objects.requireNonNull;

import dev.hasten.memory.SharedBytes;
import io.netty.handler.codec.http.HttpHeaderValidationUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The response to a request: status, headers, body. Must not be used again after it was passed to
 * {@link Exchange#respond}.
 */
public final class Response {
    private static final String JSON = "application/json";
    private static final byte[] EMPTY = {};
    private static final String TEXT = "text/plain; charset=utf-8";

    /** Tells the caller that the response was sent by {@link Exchange#stream}. */
    public static final Response STREAMED = new Response(200, null, EMPTY, 0, null);

    private final int status;
    private final @Nullable String contentType;
    private final byte[] body;
    private final int length;
    private final @Nullable SharedBytes shared;
    /** Alternating names and values. Most responses have no headers and keep the shared empty list. */
    private List<String> headers = List.of();

    private boolean closesConnection;
    private @Nullable String errorCode;

    private Response(int status, @Nullable String contentType, byte[] body, int length, @Nullable SharedBytes shared) {
        if (status < 200 || status > 599) {
            throw new IllegalArgumentException("status is " + status + ", must be from 200 to 599");
        }
        this.status = status;
        this.contentType = contentType;
        this.body = requireNonNull(body, "body is null");
        this.length = length;
        this.shared = shared;
    }

    /** A JSON response. The array is not copied and must not be modified afterwards. */
    public static Response json(int status, byte[] body) {
        return json(status, body, body.length);
    }

    /**
     * A JSON response with the first {@code length} bytes of an array, which is not copied and must not be
     * modified afterwards.
     */
    public static Response json(int status, byte[] body, int length) {
        return new Response(status, JSON, body, length, null);
    }

    /** A JSON response whose bytes are shared with other responses. */
    public static Response json(int status, SharedBytes body) {
        return new Response(status, JSON, body.array(), body.array().length, body);
    }

    /** A text response, encoded as UTF-8. */
    public static Response text(int status, String body) {
        return bytes(status, TEXT, body.getBytes(StandardCharsets.UTF_8));
    }

    /** A response of any other content type. The array is not copied and must not be modified afterwards. */
    public static Response bytes(int status, String contentType, byte[] body) {
        requireValue(contentType);
        return new Response(status, contentType, body, body.length, null);
    }

    /** A response without a body. */
    public static Response empty(int status) {
        return new Response(status, null, EMPTY, 0, null);
    }

    /**
     * Adds a header. A name that is added twice is sent twice.
     *
     * @throws IllegalArgumentException if the name or value is not valid in HTTP (which prevents header
     *     injection), or if the server sets the header itself: content-length, content-type, transfer-encoding,
     *     connection, x-request-id
     */
    public Response header(String name, String value) {
        if (name.isEmpty() || HttpHeaderValidationUtil.validateToken(name) >= 0) {
            throw new IllegalArgumentException("invalid header name '" + name + "'");
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

    /** The same response with another status. */
    public Response withStatus(int other) {
        Response response = new Response(other, contentType, body, length, shared);
        response.headers = headers;
        response.closesConnection = closesConnection;
        response.errorCode = errorCode;
        return response;
    }

    /** Closes the connection after this response. */
    public Response closeConnection() {
        closesConnection = true;
        return this;
    }

    /** Sets the code of the error in the body, for logs and statistics. */
    public Response errorCode(String code) {
        errorCode = code;
        return this;
    }

    @Nullable
    String errorCode() {
        return errorCode;
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

    /** The array whose first {@link #length} bytes are the body; not a copy. */
    byte[] body() {
        return body;
    }

    /** Length of the body in bytes. */
    public int length() {
        return length;
    }

    /** Memory of the body in bytes, which may be more than its length because the array may be longer. */
    public int heapBytes() {
        return body.length;
    }

    /** The body if it is shared with other responses; otherwise null. */
    @Nullable
    SharedBytes shared() {
        return shared;
    }

    /** The media type of the body, or null if there is no body. */
    public @Nullable String contentType() {
        return contentType;
    }

    /** Alternating names and values. */
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
                        "a header value contains the character " + (int) c + "; use only visible ASCII, space and tab");
            }
        }
    }
}
