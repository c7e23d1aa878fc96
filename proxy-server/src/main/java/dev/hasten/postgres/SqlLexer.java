package dev.hasten.postgres;

import java.util.Locale;

/**
 * Splits SQL into tokens by PostgreSQL's lexical rules: strings, dollar quotes, quoted names and nested comments. It
 * does not know the grammar. Numbers and operators are returned as symbols, one character at a time.
 */
public final class SqlLexer {
    private final String sql;
    private int at;
    private String text = "";

    /** The kinds of tokens. */
    public enum Token {
        /** A key word or an unquoted name, in lower case. */
        WORD,
        /** A quoted name, without the quotes. */
        QUOTED_NAME,
        /** A string in quotes or dollar quotes, without them. Escapes are not decoded. */
        STRING,
        /** A parameter, such as {@code $1}. */
        PARAMETER,
        /** Text such as {@code $1a$b$}, which different versions of PostgreSQL read differently. */
        UNCLEAR,
        /** Any other character. */
        SYMBOL,
        END
    }

    public SqlLexer(String sql) {
        this.sql = sql;
    }

    /** The text of the last token. */
    public String text() {
        return text;
    }

    /** Whether the last token is this symbol. */
    public boolean isSymbol(char symbol) {
        return text.length() == 1 && text.charAt(0) == symbol;
    }

    /** Whether this character follows immediately. */
    boolean touches(char c) {
        return follows(c, 0);
    }

    /** Returns the next token. Skips white space and comments. */
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

    /** Reads a string together with its continuations on further lines, which have the same kind of escapes. */
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

    /** Skips quoted text, which may be unterminated, and returns it without the quotes. */
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

    /** Reads a parameter such as {@code $1}, or a dollar-quoted string. */
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
