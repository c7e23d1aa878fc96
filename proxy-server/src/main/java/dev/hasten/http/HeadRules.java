package dev.hasten.http;

import io.netty.util.ByteProcessor;
import org.jspecify.annotations.Nullable;

/**
 * A strict, byte-by-byte validator for the grammar of a request head (RFC 9112 sections 2 to 5). Netty's parser, which
 * runs after it, is lenient in cases where two servers in a chain may disagree on where a request ends: it joins folded
 * lines, accepts tabs, vertical tabs and carriage returns as the spaces of the request line, and skips any number of
 * line ends before it. One instance validates all heads of a connection and keeps its state between reads.
 */
final class HeadRules implements ByteProcessor {
    private static final int TOKEN = 1;
    private static final int TARGET = 2;
    private static final int VALUE = 4;
    private static final byte[] CLASSES = classes();
    private static final String VERSION_FORM = "HTTP/d.d";

    private enum State {
        START,
        START_LF,
        METHOD,
        FIRST_OF_TARGET,
        IN_TARGET,
        VERSION,
        REQUEST_LINE_LF,
        LINE_START,
        NAME,
        IN_VALUE,
        LINE_LF,
        END_LF
    }

    private final int limit;
    private State state = State.START;
    private int size;
    private int versionIndex;
    private boolean blankLine;
    private @Nullable Refusal refusal;

    /**
     * Creates a validator with a size limit.
     *
     * @param limit maximum size of a head in bytes
     */
    HeadRules(int limit) {
        this.limit = limit;
    }

    /** The violation that was found, or null if there is none so far. */
    @Nullable
    Refusal refusal() {
        return refusal;
    }

    /** Whether part of a head has been processed. */
    boolean insideHead() {
        return size > 0;
    }

    /** Prepares for the next head. */
    private void restart() {
        state = State.START;
        size = 0;
        versionIndex = 0;
        blankLine = false;
    }

    /** Processes one byte. Returns false if the head ends with this byte or is refused. */
    @Override
    public boolean process(byte value) {
        int b = value & 0xff;
        if (++size > limit) {
            return refuse(
                    state.compareTo(State.REQUEST_LINE_LF) < 0
                            ? Refusal.targetTooLong(limit)
                            : Refusal.headTooLarge(limit));
        }
        switch (state) {
            case START -> {
                if (is(b, TOKEN)) {
                    state = State.METHOD;
                } else if (b == '\r' && !blankLine) {
                    // RFC 9112 section 2.2: some old clients send an empty line before the request line.
                    state = State.START_LF;
                } else {
                    return malformed("it does not start with a method");
                }
            }
            case START_LF -> {
                blankLine = true;
                return lineFeed(b, State.START);
            }
            case METHOD -> {
                if (b == ' ') {
                    state = State.FIRST_OF_TARGET;
                } else if (!is(b, TOKEN)) {
                    return malformed("the method contains an invalid character");
                }
            }
            case FIRST_OF_TARGET -> {
                if (b != '/') {
                    return malformed("the request target is not a path");
                }
                state = State.IN_TARGET;
            }
            case IN_TARGET -> {
                if (b == ' ') {
                    state = State.VERSION;
                } else if (!is(b, TARGET)) {
                    return malformed("the request line must be a method, a path and a version");
                }
            }
            case VERSION -> {
                return version(b);
            }
            case REQUEST_LINE_LF, LINE_LF -> {
                return lineFeed(b, State.LINE_START);
            }
            case LINE_START -> {
                if (is(b, TOKEN)) {
                    state = State.NAME;
                } else if (b == '\r') {
                    state = State.END_LF;
                } else if (b == ' ' || b == '\t') {
                    return malformed("a header line starts with white space");
                } else {
                    return malformed("a header name contains an invalid character");
                }
            }
            case NAME -> {
                if (b == ':') {
                    state = State.IN_VALUE;
                } else if (!is(b, TOKEN)) {
                    return malformed("a header name contains an invalid character");
                }
            }
            case IN_VALUE -> {
                if (b == '\r') {
                    state = State.LINE_LF;
                } else if (!is(b, VALUE)) {
                    return malformed("a header value contains a control character");
                }
            }
            case END_LF -> {
                if (b != '\n') {
                    return malformed("a line does not end with CR LF");
                }
                restart();
                return false;
            }
        }
        return true;
    }

    private boolean version(int b) {
        if (versionIndex == VERSION_FORM.length()) {
            if (b != '\r') {
                return malformed("the request line must end with CR LF after the version");
            }
            state = State.REQUEST_LINE_LF;
            return true;
        }
        char expected = VERSION_FORM.charAt(versionIndex++);
        boolean fits = expected == 'd' ? b >= '0' && b <= '9' : b == expected;
        return fits || malformed("the request line must end with an HTTP version");
    }

    private boolean lineFeed(int b, State next) {
        if (b != '\n') {
            return malformed("a line does not end with CR LF");
        }
        state = next;
        return true;
    }

    private boolean malformed(String message) {
        return refuse(Refusal.malformed(message));
    }

    private boolean refuse(Refusal found) {
        refusal = found;
        return false;
    }

    private static boolean is(int b, int characterClass) {
        return (CLASSES[b] & characterClass) != 0;
    }

    private static byte[] classes() {
        byte[] classes = new byte[256];
        for (int b = 0; b < 256; b++) {
            boolean alphanumeric = (b >= '0' && b <= '9') || (b >= 'A' && b <= 'Z') || (b >= 'a' && b <= 'z');
            int bits = alphanumeric || (b != 0 && "!#$%&'*+-.^_`|~".indexOf(b) >= 0) ? TOKEN : 0;
            bits |= b > ' ' && b < 0x7f && b != '#' ? TARGET : 0;
            bits |= b == '\t' || (b >= ' ' && b != 0x7f) ? VALUE : 0;
            classes[b] = (byte) bits;
        }
        return classes;
    }
}
