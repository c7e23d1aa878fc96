package dev.hasten.postgres;

import dev.hasten.postgres.SqlLexer.Token;

/**
 * Replaces the literals of a statement, which may be personal data, and removes comments. Names and parameters remain.
 */
public final class SqlMask {
    private static final String MASK = "?";
    private static final String REST = ", ...";

    /** Longer statements are cut off, because their rest says nothing new. */
    private static final int LONGEST = 20_000;

    private final StringBuilder masked = new StringBuilder();
    private final boolean shortensLists;
    /** Where the text ends if the current list is shortened; -1 outside of lists. */
    private int listEnd = -1;

    private boolean afterComma;
    private boolean shortened;

    private SqlMask(boolean shortensLists) {
        this.shortensLists = shortensLists;
    }

    /** Returns the statement with {@code ?} for each literal: {@code SELECT * FROM item WHERE name = ? LIMIT ?}. */
    public static String of(String sql) {
        return new SqlMask(false).masked(sql);
    }

    /** Like {@link #of}, with the same text for lists of any length: {@code IN (?, ...)}. */
    public static String shape(String sql) {
        return new SqlMask(true).masked(sql);
    }

    private String masked(String sql) {
        String text = sql.length() <= LONGEST ? sql : sql.substring(0, LONGEST);
        SqlLexer lexer = new SqlLexer(text);
        int end = 0;
        boolean afterNumber = false;
        for (Token token = lexer.next(); token != Token.END; token = lexer.next()) {
            boolean touches = lexer.tokenStart() == end;
            // The exponent of a number is a word of its own.
            if (!(afterNumber && touches && token == Token.WORD)) {
                afterNumber = token == Token.NUMBER;
                String shown = isLiteral(token) ? MASK : text.substring(lexer.tokenStart(), lexer.tokenEnd());
                add(shown, isLiteral(token) || token == Token.PARAMETER, touches);
            }
            end = lexer.tokenEnd();
        }
        return masked.toString();
    }

    private static boolean isLiteral(Token token) {
        return token == Token.STRING || token == Token.NUMBER || token == Token.UNCLEAR;
    }

    private void add(String token, boolean isValue, boolean touches) {
        if (shortensLists && isValue && afterComma && listEnd >= 0) {
            masked.setLength(listEnd);
            if (!shortened) {
                masked.append(REST);
                shortened = true;
            }
            listEnd = masked.length();
            afterComma = false;
            return;
        }
        boolean isComma = token.equals(",");
        if (!touches && !masked.isEmpty() && !isComma) {
            masked.append(' ');
        }
        masked.append(token);
        if (isValue) {
            listEnd = masked.length();
            shortened = false;
            afterComma = false;
        } else if (isComma && listEnd >= 0 && !afterComma) {
            afterComma = true;
        } else {
            listEnd = -1;
            afterComma = false;
        }
    }
}
