package dev.hasten.proof;

import dev.hasten.postgres.SqlLexer;
import dev.hasten.postgres.SqlLexer.Token;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Shortens a statement to a form with the same plan for any number of list elements and rows: {@code IN ($1,$2,$3)}
 * becomes {@code IN ($1)}, and only the first of several equal rows of VALUES remains. So the statements that Prisma
 * generates for lists of different lengths share a proof.
 */
final class StatementShape {
    private final String sql;
    private final List<Piece> pieces = new ArrayList<>();

    private record Piece(Token token, String text, int start, int end) {
        boolean is(char symbol) {
            return token == Token.SYMBOL && text.length() == 1 && text.charAt(0) == symbol;
        }

        boolean isWord(String word) {
            return token == Token.WORD && text.equals(word);
        }

        /** Whether it is the same as the piece of another row, up to the number of a parameter. */
        boolean isLike(Piece other) {
            return token == other.token && (token == Token.PARAMETER || text.equals(other.text));
        }
    }

    private StatementShape(String sql) {
        this.sql = sql;
        SqlLexer lexer = new SqlLexer(sql);
        for (Token token = lexer.next(); token != Token.END; token = lexer.next()) {
            pieces.add(new Piece(token, lexer.text(), lexer.tokenStart(), lexer.tokenEnd()));
        }
    }

    /** Returns the shortened statement, or the statement itself if nothing can be removed. */
    static String of(String sql) {
        return new StatementShape(sql).shorten();
    }

    private String shorten() {
        StringBuilder shape = new StringBuilder(sql.length());
        Map<String, String> numbers = new HashMap<>();
        int copied = 0;
        boolean removed = false;
        for (int i = 0; i < pieces.size(); i++) {
            Piece piece = pieces.get(i);
            if (piece.token() == Token.UNCLEAR) {
                return sql;
            }
            if (piece.token() == Token.PARAMETER) {
                shape.append(sql, copied, piece.start())
                        .append(numbers.computeIfAbsent(piece.text(), _ -> "$" + (numbers.size() + 1)));
                copied = piece.end();
            }
            int repeated = isListElement(i) ? endOfList(i) : isRowEnd(i) ? endOfRows(i) : i;
            if (repeated > i) {
                shape.append(sql, copied, piece.end());
                copied = pieces.get(repeated).end();
                i = repeated;
                removed = true;
            }
        }
        return removed ? shape.append(sql, copied, sql.length()).toString() : sql;
    }

    private boolean isListElement(int at) {
        return at >= 2
                && pieces.get(at).token() == Token.PARAMETER
                && pieces.get(at - 1).is('(')
                && pieces.get(at - 2).isWord("in");
    }

    /** Returns the position of the last parameter of the list; the position itself unless the list has only parameters. */
    private int endOfList(int first) {
        int last = first;
        while (last + 2 < pieces.size()
                && pieces.get(last + 1).is(',')
                && pieces.get(last + 2).token() == Token.PARAMETER) {
            last += 2;
        }
        return last + 1 < pieces.size() && pieces.get(last + 1).is(')') ? last : first;
    }

    /** Whether the piece ends the first row of VALUES. */
    private boolean isRowEnd(int at) {
        if (!pieces.get(at).is(')')) {
            return false;
        }
        int start = rowStart(at);
        return start >= 1 && pieces.get(start - 1).isWord("values");
    }

    /** Returns the start of a row that consists of parameters and single words; -1 if it is no such row. */
    private int rowStart(int end) {
        for (int i = end - 1; i >= 0; i--) {
            Piece piece = pieces.get(i);
            if (piece.is('(')) {
                return i;
            }
            boolean simple = piece.token() == Token.PARAMETER || piece.is(',') || piece.token() == Token.WORD;
            if (!simple) {
                return -1;
            }
        }
        return -1;
    }

    /** Returns the end of the last row that is like the row that ends here. */
    private int endOfRows(int end) {
        int length = end - rowStart(end) + 1;
        int last = end;
        while (isNextRowLike(last, length)) {
            last += length + 1;
        }
        return last;
    }

    private boolean isNextRowLike(int end, int length) {
        if (end + 1 + length >= pieces.size() || !pieces.get(end + 1).is(',')) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (!pieces.get(end + 2 + i).isLike(pieces.get(end - length + 1 + i))) {
                return false;
            }
        }
        return true;
    }
}
