package dev.hasten.config;

import java.util.Comparator;
import java.util.stream.Stream;

/** Finds the word that the user probably meant by a misspelled one. */
final class Nearest {
    private Nearest() {}

    /**
     * The candidate with the smallest edit distance; if there are several, the first.
     *
     * @param candidates at least one
     */
    static String to(String word, Stream<String> candidates) {
        return candidates
                .min(Comparator.comparingInt(candidate -> distance(word, candidate)))
                .orElseThrow();
    }

    /** Levenshtein distance: the number of characters to insert, delete or replace. */
    static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[to.length()];
    }
}
