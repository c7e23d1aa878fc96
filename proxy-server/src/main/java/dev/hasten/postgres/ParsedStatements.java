package dev.hasten.postgres;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

/** Caches parsed statements by their text. Thread-safe. */
public final class ParsedStatements {
    /** Approximate maximum size of the cache in bytes. */
    private static final long REMEMBERED = 16 << 20;

    private final Cache<String, ParsedStatement> texts = Caffeine.newBuilder()
            .maximumWeight(REMEMBERED)
            .weigher((String sql, ParsedStatement _) -> 2 * sql.length() + 200)
            .build();

    /** Returns the parsed statement for this text. */
    public ParsedStatement of(String sql) {
        ParsedStatement known = texts.getIfPresent(sql);
        if (known == null) {
            known = ParsedStatement.of(sql);
            texts.put(sql, known);
        }
        return known;
    }
}
