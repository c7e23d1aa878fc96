package dev.hasten.postgres;

import java.util.Locale;

/**
 * The tokens of SQL, by PostgreSQL's lexical rules: strings, dollar quotes, quoted names, nested comments. It knows no
 * grammar. Numbers and operators come out character by character, as symbols.
 */
public final class SqlLexer {
    private final String sql;
    private int at;
    private String text = "";

    /** What a token is. */
    public enum Token {
        /** A key word or a name without quotes; in lower case. */
        WORD,
        /** A name in quotes; without them. */
        QUOTED_NAME,
        /** A string between quotes or dollars; without them, its escapes as they stand. */
        STRING,
        /** Such as {@code $1}. */
        PARAMETER,
        /** Something like {@code $1a$b$}, which versions of PostgreSQL read differently. */
        UNCLEAR,
        /** Any other character. */
        SYMBOL,
        END
    }

    public SqlLexer(String sql) {
        this.sql = sql;
    }

    /** What the token that was returned last says. */
    public String text() {
        return text;
    }

    /** Whether the token that was returned last is this symbol. */
    public boolean isSymbol(char symbol) {
        return text.length() == 1 && text.charAt(0) == symbol;
    }

    /** Whether this character follows immediately. */
    boolean touches(char c) {
        return follows(c, 0);
    }

    /** The next token; white space and comments are passed. */
    public Token next() {
        while (at < sql.length()) {
            char c = sql.charAt(at);
            if (Character.isWhitespace(c)) {
                at++;
            } else if (c == '-' && follows('-', 1)) {
                skipLineComment();
            } else if (c == '/' && follows('*', 1)) {
                skipBlockComment();
            } else {
                return token(c);
            }
        }
        text = "";
        return Token.END;
    }

    private Token token(char c) {
        if (Character.isLetter(c) || c == '_' || c > 127) {
            return word();
        }
        return switch (c) {
            case '"' -> {
                text = quoted('"', false).replace("\"\"", "\"");
                yield Token.QUOTED_NAME;
            }
            case '\'' -> string(false);
            case '$' -> dollar();
            default -> {
                at++;
                text = String.valueOf(c);
                yield Token.SYMBOL;
            }
        };
    }

    private Token word() {
        int start = at;
        while (at < sql.length() && isNamePart(sql.charAt(at))) {
            at++;
        }
        String word = sql.substring(start, at).toLowerCase(Locale.ROOT);
        if (touches('\'') && (word.equals("e") || word.equals("u"))) {
            return string(word.equals("e"));
        }
        text = word;
        return Token.WORD;
    }

    /** A string, together with those that continue it on further lines, which have its escapes. */
    private Token string(boolean backslashEscapes) {
        StringBuilder content = new StringBuilder();
        while (true) {
            content.append(quoted('\'', backslashEscapes));
            int next = at;
            boolean lineBreak = false;
            while (next < sql.length() && Character.isWhitespace(sql.charAt(next))) {
                lineBreak |= sql.charAt(next) == '\n' || sql.charAt(next) == '\r';
                next++;
            }
            if (!lineBreak || next >= sql.length() || sql.charAt(next) != '\'') {
                text = content.toString();
                return Token.STRING;
            }
            at = next;
        }
    }

    /** Passes what is quoted, which may never end, and returns it. */
    private String quoted(char quote, boolean backslashEscapes) {
        int start = ++at;
        while (at < sql.length()) {
            char c = sql.charAt(at++);
            if (c == '\\' && backslashEscapes) {
                at++;
            } else if (c == quote) {
                if (!touches(quote)) {
                    return sql.substring(start, at - 1);
                }
                at++;
            }
        }
        at = sql.length();
        return sql.substring(Math.min(start, at));
    }

    /** A parameter such as {@code $1}, or a dollar-quoted string. */
    private Token dollar() {
        int end = at + 1;
        while (end < sql.length() && isNamePart(sql.charAt(end)) && sql.charAt(end) != '$') {
            end++;
        }
        boolean digit = end > at + 1 && isDigit(sql.charAt(at + 1));
        boolean dollar = end < sql.length() && sql.charAt(end) == '$';
        if (dollar && !digit) {
            String delimiter = sql.substring(at, end + 1);
            int close = sql.indexOf(delimiter, end + 1);
            text = sql.substring(end + 1, close < 0 ? sql.length() : close);
            at = close < 0 ? sql.length() : close + delimiter.length();
            return Token.STRING;
        }
        text = sql.substring(at, end);
        at = end;
        if (dollar) {
            return Token.UNCLEAR;
        }
        return digit ? Token.PARAMETER : Token.SYMBOL;
    }

    private void skipLineComment() {
        while (at < sql.length() && sql.charAt(at) != '\n' && sql.charAt(at) != '\r') {
            at++;
        }
    }

    private void skipBlockComment() {
        int depth = 0;
        do {
            if (sql.startsWith("/*", at)) {
                depth++;
                at += 2;
            } else if (sql.startsWith("*/", at)) {
                depth--;
                at += 2;
            } else {
                at++;
            }
        } while (depth > 0 && at < sql.length());
    }

    private boolean follows(char c, int distance) {
        return at + distance < sql.length() && sql.charAt(at + distance) == c;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isNamePart(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '$' || c > 127;
    }
}
