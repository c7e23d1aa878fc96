package dev.hasten.http;

import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The request header {@code Accept-Encoding} (RFC 9110 section 12.5.3). */
public final class AcceptEncoding {
    private static final String GZIP = "gzip";
    private static final Pattern ZERO = Pattern.compile("q\\s*=\\s*0(\\.0*)?");

    private AcceptEncoding() {}

    /**
     * Whether the client accepts gzip.
     *
     * @param header the value of the {@code Accept-Encoding} header; null if the request has none
     */
    public static boolean acceptsGzip(@Nullable String header) {
        // Most clients send lower case; toLowerCase then returns the same string.
        String codings = header == null ? "" : header.toLowerCase(Locale.ROOT);
        if (!codings.contains(GZIP)) {
            return false;
        }
        for (String coding : codings.split(",", -1)) {
            int parameter = coding.indexOf(';');
            String name = (parameter < 0 ? coding : coding.substring(0, parameter)).strip();
            if (name.equals(GZIP)) {
                return parameter < 0 || !isZero(coding.substring(parameter + 1).strip());
            }
        }
        return false;
    }

    private static boolean isZero(String weight) {
        return ZERO.matcher(weight).matches();
    }
}
