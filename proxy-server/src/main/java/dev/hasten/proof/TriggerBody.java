package dev.hasten.proof;

import dev.hasten.postgres.SqlLexer;
import dev.hasten.postgres.SqlLexer.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Recognizes bodies of PL/pgSQL trigger functions that only assign values to columns of NEW, such as
 * {@code BEGIN NEW.updated_at = now(); RETURN NEW; END}. They write nothing but the row itself.
 */
final class TriggerBody {
    /** Functions that may be called: built-in ones that write nothing. */
    private static final Set<String> CALLABLE = Set.of("""
            now clock_timestamp statement_timestamp transaction_timestamp timezone date_trunc coalesce nullif greatest
            least lower upper initcap trim btrim ltrim rtrim length substr substring replace regexp_replace concat
            concat_ws left right md5 to_char to_tsvector setweight gen_random_uuid random abs round floor ceil extract
            jsonb_build_object jsonb_set to_jsonb""".split("\\s+"));

    /** Words of expressions. Every other word outside of an assignment's target makes the body unknown. */
    private static final Set<String> WORDS = Set.of("""
            and or not is null true false case when then else end at time zone interval current_timestamp current_date
            localtimestamp utc text varchar timestamp timestamptz date integer int bigint numeric boolean jsonb distinct
            new old in between like ilike""".split("\\s+"));

    private record Piece(Token token, String text) {
        boolean is(String other) {
            return (token == Token.WORD || token == Token.SYMBOL) && text.equals(other);
        }

        boolean isName() {
            return token == Token.WORD || token == Token.QUOTED_NAME;
        }
    }

    private final List<Piece> pieces = new ArrayList<>();
    private int at;

    private TriggerBody(String source) {
        SqlLexer lexer = new SqlLexer(source);
        for (Token token = lexer.next(); token != Token.END; token = lexer.next()) {
            pieces.add(new Piece(token, lexer.text()));
        }
    }

    /** Whether the body consists of {@code BEGIN}, assignments to columns of NEW, {@code RETURN NEW|OLD} and END. */
    static boolean onlyAssigns(String source) {
        return new TriggerBody(source).onlyAssigns();
    }

    private boolean onlyAssigns() {
        if (!skip("begin")) {
            return false;
        }
        while (skip("new")) {
            if (!assignment()) {
                return false;
            }
        }
        return skip("return")
                && (skip("new") || skip("old"))
                && skip(";")
                && skip("end")
                && (skip(";") || at == pieces.size())
                && at == pieces.size();
    }

    private boolean skip(String text) {
        if (at < pieces.size() && pieces.get(at).is(text)) {
            at++;
            return true;
        }
        return false;
    }

    /** Reads {@code .column := expression;}. */
    private boolean assignment() {
        if (!skip(".") || at >= pieces.size() || !pieces.get(at++).isName()) {
            return false;
        }
        boolean colon = skip(":");
        if (!skip("=") && colon) {
            return false;
        }
        while (at < pieces.size() && !pieces.get(at).is(";")) {
            if (!isExpressionPart()) {
                return false;
            }
            at++;
        }
        return skip(";");
    }

    private boolean isExpressionPart() {
        Piece piece = pieces.get(at);
        boolean afterDot = at > 0 && pieces.get(at - 1).is(".");
        boolean beforeParenthesis = at + 1 < pieces.size() && pieces.get(at + 1).is("(");
        return switch (piece.token()) {
            case STRING, NUMBER -> true;
            case SYMBOL -> !piece.text().equals("$");
            case WORD -> {
                if (afterDot) {
                    // A column of NEW or OLD.
                    yield !beforeParenthesis
                            && at > 1
                            && (pieces.get(at - 2).is("new")
                                    || pieces.get(at - 2).is("old"));
                }
                yield beforeParenthesis
                        ? CALLABLE.contains(piece.text()) || WORDS.contains(piece.text())
                        : WORDS.contains(piece.text());
            }
            case QUOTED_NAME ->
                afterDot
                        && !beforeParenthesis
                        && (pieces.get(at - 2).is("new") || pieces.get(at - 2).is("old"));
            case PARAMETER, UNCLEAR, END -> false;
        };
    }
}
