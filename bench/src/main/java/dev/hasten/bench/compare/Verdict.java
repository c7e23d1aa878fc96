package dev.hasten.bench.compare;

import java.util.Locale;

/** The meaning of a difference. */
public enum Verdict {
    /** B is better, and the difference is unlikely to be random. */
    BETTER,
    /** B is worse, and the difference is unlikely to be random. */
    WORSE,
    /** The interval of the ratio includes 1. */
    NOISE,
    /** One of the runs has fewer than three rounds, so that there is no verdict. */
    TOO_FEW_ROUNDS;

    /** The text for reports. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
