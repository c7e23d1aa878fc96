package dev.hasten.postgres;

import java.util.Set;

/**
 * Splits SQL into tokens by PostgreSQL's lexical rules (src/backend/parser/scan.l): strings, dollar quotes, quoted
 * names, nested comments. It does not know the grammar. Operators are returned as symbols, one character at a time.
 *
 * <p>Other code uses the tokens to prove that a text is harmless. So a text must never end here where it continues for
 * PostgreSQL, or the other way round.
 */
public final class SqlLexer {
    private final String sql;
    private int at;
    private int start;
    private String text = "";

    /** The kinds of tokens. */
    public enum Token {
        /** A key word or an unquoted name, in lower case. */
        WORD,
        /** A quoted name, without the quotes. */
        QUOTED_NAME,
        /** A string in quotes or dollar quotes, without them. Escapes are not decoded. */
        STRING,
        /** Digits and dots. What follows them in a number such as {@code 1e5} or {@code 0x1f} is a separate word. */
        NUMBER,
        /** A parameter, such as {@code $1}. */
        PARAMETER,
        /** A parameter directly before a name, as in {@code $1a}, which the versions of PostgreSQL read differently. */
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

    /** The position of the first character of the last token in the text. */
    public int tokenStart() {
        return start;
    }

    /** The position after the last character of the last token in the text. */
    public int tokenEnd() {
        return at;
    }

    /** Whether the last token is this symbol. */
    public boolean isSymbol(char symbol) {
        return text.length() == 1 && text.charAt(0) == symbol;
    }

    /** Whether this character follows immediately. */
    boolean touches(char c) {
        return follows(c, 0);
    }

    /** Whether the next token is one of these words. */
    boolean nextIs(Set<String> words) {
        int current = at;
        int lastStart = start;
        String last = text;
        boolean found = next() == Token.WORD && words.contains(text);
        at = current;
        start = lastStart;
        text = last;
        return found;
    }

    /** Returns the next token. Skips white space and comments. */
    public Token next() {
        while (at < sql.length()) {
            char c = sql.charAt(at);
            if (isSpace(c)) {
                at++;
            } else if (c == '-' && follows('-', 1)) {
                skipLineComment();
            } else if (c == '/' && follows('*', 1)) {
                skipBlockComment();
            } else {
                start = at;
                return token(c);
            }
        }
        start = at;
        text = "";
        return Token.END;
    }

    private Token token(char c) {
        if (isNameStart(c)) {
            return word();
        }
        if (isDigit(c)) {
            return number();
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
        while (at < sql.length() && isNamePart(sql.charAt(at))) {
            at++;
        }
        String word = lowerCase(sql.substring(start, at));
        if (touches('\'') && word.equals("e")) {
            return string(true);
        }
        text = word;
        return Token.WORD;
    }

    private Token number() {
        while (at < sql.length() && (isDigit(sql.charAt(at)) || sql.charAt(at) == '.')) {
            at++;
        }
        text = sql.substring(start, at);
        return Token.NUMBER;
    }

    /** Reads a string together with its continuations, which have the same kind of escapes. */
    private Token string(boolean backslashEscapes) {
        StringBuilder content = new StringBuilder();
        do {
            content.append(quoted('\'', backslashEscapes));
        } while (skipToContinuation());
        text = content.toString();
        return Token.STRING;
    }

    /** A string continues after white space and line comments with a line break, if a quote follows. */
    private boolean skipToContinuation() {
        int end = at;
        boolean lineBreak = false;
        while (at < sql.length()) {
            char c = sql.charAt(at);
            if (isSpace(c)) {
                lineBreak |= isLineBreak(c);
                at++;
            } else if (c == '-' && follows('-', 1)) {
                skipLineComment();
            } else {
                break;
            }
        }
        boolean continues = lineBreak && touches('\'');
        if (!continues) {
            at = end;
        }
        return continues;
    }

    /** Skips quoted text, which may be unterminated, and returns it without the quotes. */
    private String quoted(char quote, boolean backslashEscapes) {
        int content = ++at;
        while (at < sql.length()) {
            char c = sql.charAt(at++);
            if (c == '\\' && backslashEscapes) {
                at++;
            } else if (c == quote) {
                if (!touches(quote)) {
                    return sql.substring(content, at - 1);
                }
                at++;
            }
        }
        at = sql.length();
        return sql.substring(Math.min(content, at));
    }

    /** Reads a parameter such as {@code $1}, or a dollar-quoted string. */
    private Token dollar() {
        at++;
        boolean digit = at < sql.length() && isDigit(sql.charAt(at));
        while (at < sql.length() && isNamePart(sql.charAt(at)) && (digit || sql.charAt(at) != '$')) {
            at++;
        }
        text = sql.substring(start, at);
        if (digit) {
            return text.chars().skip(1).allMatch(c -> isDigit((char) c)) ? Token.PARAMETER : Token.UNCLEAR;
        }
        if (!touches('$')) {
            return Token.SYMBOL;
        }
        String delimiter = sql.substring(start, ++at);
        int close = sql.indexOf(delimiter, at);
        text = sql.substring(at, close < 0 ? sql.length() : close);
        at = close < 0 ? sql.length() : close + delimiter.length();
        return Token.STRING;
    }

    private void skipLineComment() {
        while (at < sql.length() && !isLineBreak(sql.charAt(at))) {
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

    /** The characters that PostgreSQL skips; it treats other Unicode white space as part of a name. */
    private static boolean isSpace(char c) {
        return c == ' ' || (c >= '\t' && c <= '\r');
    }

    private static boolean isLineBreak(char c) {
        return c == '\n' || c == '\r';
    }

    private static boolean isNameStart(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c > 127;
    }

    private static boolean isNamePart(char c) {
        return isNameStart(c) || isDigit(c) || c == '$';
    }

    /** Like PostgreSQL with a multi-byte encoding, changes ASCII letters only. */
    private static String lowerCase(String name) {
        char[] letters = name.toCharArray();
        for (int i = 0; i < letters.length; i++) {
            if (letters[i] >= 'A' && letters[i] <= 'Z') {
                letters[i] = Character.toLowerCase(letters[i]);
            }
        }
        return new String(letters);
    }
}
