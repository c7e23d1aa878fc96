package dev.hasten.writes;

import dev.hasten.cache.RelationIds;
import dev.hasten.postgres.ParsedStatement;
import dev.hasten.postgres.ParsedStatement.Trait;
import dev.hasten.postgres.SqlLexer;
import dev.hasten.postgres.SqlLexer.Token;
import dev.hasten.proof.StatementProof;
import dev.hasten.proof.WriteProof;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds the {@link StatementEffect} of statements. */
final class Effects {
    static final StatementEffect NOTHING = new StatementEffect.Nothing();
    static final StatementEffect LOCKED = new StatementEffect.Locked(false);
    static final StatementEffect DATA = new StatementEffect.Everything(false);
    static final StatementEffect SCHEMA = new StatementEffect.Everything(true);

    /** Statements that change neither data nor the schema. Those that end a transaction are handled before. */
    private static final Set<String> HARMLESS = Set.of("""
            abort analyze begin checkpoint close cluster deallocate discard listen load lock notify prepare release reset
            rollback savepoint set show start unlisten vacuum""".split("\\s+"));

    /** Statements that run in a transaction and lock what they write. */
    private static final Set<String> LOCKING = Set.of("execute", "explain", "fetch", "move");

    /** The same, with stronger locks than those of INSERT, UPDATE and DELETE. */
    private static final Set<String> LOCKING_STRONGLY = Set.of("refresh", "truncate");

    /** Other statements that do not change the schema; event triggers can write. */
    private static final Set<String> ONLY_DATA = Set.of("comment", "copy", "reindex");

    private static final Set<String> TEMPORARY = Set.of("temp", "temporary", "local", "global");

    /**
     * The effect of a statement.
     *
     * @param proof what is proved about the statement; null if nothing is known
     * @param schemaEpoch the schema epoch of the proof
     */
    static StatementEffect of(ParsedStatement sql, @Nullable StatementProof proof, long schemaEpoch) {
        String command = sql.command();
        if (sql.is(Trait.SEVERAL_STATEMENTS)) {
            return SCHEMA;
        }
        if (sql.is(Trait.ENDS_TRANSACTION)) {
            return isAbout("prepared", sql) ? SCHEMA : DATA;
        }
        if (command.equals("declare")) {
            // The query of a cursor WITH HOLD runs during the commit.
            return isAbout("hold", sql) ? DATA : NOTHING;
        }
        if (command.isEmpty() || HARMLESS.contains(command)) {
            return NOTHING;
        }
        if (isProvable(sql)) {
            return proof == null
                    ? LOCKED
                    : switch (proof.writes()) {
                        case WriteProof.Nothing() -> new StatementEffect.Relations(RelationIds.NONE, schemaEpoch);
                        case WriteProof.Relations(RelationIds ids) -> new StatementEffect.Relations(ids, schemaEpoch);
                        case WriteProof.Unknown() -> LOCKED;
                    };
        }
        if (LOCKING.contains(command) || LOCKING_STRONGLY.contains(command)) {
            return new StatementEffect.Locked(LOCKING_STRONGLY.contains(command));
        }
        return ONLY_DATA.contains(command) || createsTemporary(sql) ? DATA : SCHEMA;
    }

    /** Whether a proof can show what the statement writes. */
    static boolean isProvable(ParsedStatement sql) {
        return !sql.is(Trait.SEVERAL_STATEMENTS)
                && Set.of("select", "with", "values", "table", "insert", "update", "delete", "merge")
                        .contains(sql.command());
    }

    private static boolean isAbout(String word, ParsedStatement sql) {
        SqlLexer lexer = new SqlLexer(sql.sql());
        for (Token token = lexer.next(); token != Token.END; token = lexer.next()) {
            if (token == Token.WORD && lexer.text().equals(word)) {
                return true;
            }
        }
        return false;
    }

    private static boolean createsTemporary(ParsedStatement sql) {
        SqlLexer lexer = new SqlLexer(sql.sql());
        lexer.next();
        return sql.command().equals("create") && lexer.next() == Token.WORD && TEMPORARY.contains(lexer.text());
    }
}
