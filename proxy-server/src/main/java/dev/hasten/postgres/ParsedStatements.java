package dev.hasten.postgres;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

/** Remembers what texts of statements tell, so that each is looked through once. Thread-safe. */
public final class ParsedStatements {
    /** Bytes of SQL, roughly, that are remembered. */
    private static final long REMEMBERED = 16 << 20;

    private final Cache<String, ParsedStatement> texts = Caffeine.newBuilder()
            .maximumWeight(REMEMBERED)
            .weigher((String sql, ParsedStatement _) -> 2 * sql.length() + 200)
            .build();

    /** The statement with this text. */
    public ParsedStatement of(String sql) {
        ParsedStatement known = texts.getIfPresent(sql);
        if (known == null) {
            known = ParsedStatement.of(sql);
            texts.put(sql, known);
        }
        return known;
    }
}
