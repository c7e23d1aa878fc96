package dev.hasten.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks a parsed head as a whole (RFC 9112 sections 2.5, 3.2 and 6) before the request is routed. */
final class RequestHead {
    /** The value of {@link #length} for a chunked body. */
    static final long CHUNKED = -1;

    /** A decimal number with this many digits fits into a long. */
    private static final int MOST_DIGITS = 18;

    private RequestHead() {}

    /** Returns the refusal if the request must be refused, otherwise null. */
    static @Nullable Refusal check(HttpRequest request) {
        HttpVersion version = request.protocolVersion();
        boolean is11 = version.equals(HttpVersion.HTTP_1_1);
        if (!is11 && !version.equals(HttpVersion.HTTP_1_0)) {
            return Refusal.VERSION;
        }
        HttpHeaders headers = request.headers();
        List<String> hosts = headers.getAll(HttpHeaderNames.HOST);
        if (hosts.size() > 1 || (hosts.isEmpty() && is11)) {
            return Refusal.malformed("it must have exactly one Host header");
        }
        if (!hosts.isEmpty() && !isHost(hosts.getFirst())) {
            return Refusal.malformed("its Host header is not a host with an optional port");
        }
        List<String> codings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
        List<String> lengths = headers.getAll(HttpHeaderNames.CONTENT_LENGTH);
        if (!codings.isEmpty()) {
            if (!is11 || !lengths.isEmpty()) {
                return Refusal.malformed("Transfer-Encoding is allowed only with HTTP/1.1 and without Content-Length");
            }
            if (codings.size() > 1 || !HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(codings.getFirst())) {
                return Refusal.malformed("Transfer-Encoding must be chunked, once");
            }
        }
        if (lengths.size() > 1 || (!lengths.isEmpty() && !isLength(lengths.getFirst()))) {
            return Refusal.malformed("Content-Length must be one decimal number");
        }
        if (!RequestTarget.isWellEncoded(request.uri())) {
            return Refusal.malformed("a percent sign in its path is not followed by two hex digits");
        }
        return null;
    }

    /** The length of the body of a checked request in bytes; 0 if it has none, or {@link #CHUNKED}. */
    static long length(HttpRequest request) {
        String length = request.headers().get(HttpHeaderNames.CONTENT_LENGTH);
        if (length != null) {
            return Long.parseLong(length);
        }
        return request.headers().contains(HttpHeaderNames.TRANSFER_ENCODING) ? CHUNKED : 0;
    }

    /** Whether every Expect header of the request is 100-continue (RFC 9110 section 10.1.1). */
    static boolean expectsContinue(HttpRequest request) {
        for (String expectation : request.headers().getAll(HttpHeaderNames.EXPECT)) {
            if (!HttpHeaderValues.CONTINUE.contentEqualsIgnoreCase(expectation)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isLength(String value) {
        if (value.isEmpty() || value.length() > MOST_DIGITS) {
            return false;
        }
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) < '0' || value.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether the value is a name or address with an optional port. Other characters could change the meaning of a URL
     * that is built from it.
     */
    private static boolean isHost(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            boolean alphanumeric = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
            if (!alphanumeric && "-._:[]".indexOf(c) < 0) {
                return false;
            }
        }
        return !value.isEmpty();
    }
}
