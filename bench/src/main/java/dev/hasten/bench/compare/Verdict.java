package dev.hasten.bench.compare;

import java.util.Locale;

/** What a difference means. */
public enum Verdict {
    /** B is better, and chance alone would hardly do that. */
    BETTER,
    /** B is worse, and chance alone would hardly do that. */
    WORSE,
    /** The interval of the ratio includes 1. */
    NOISE,
    /** One of the runs has fewer than three rounds: nothing can be said. */
    TOO_FEW_ROUNDS;

    /** For people. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
