package dev.hasten.postgres;

import dev.hasten.postgres.SqlText.SessionEffect;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One pass over SQL that decides whether the statement can change session state. It knows PostgreSQL's lexical rules
 * (strings, dollar quotes, quoted names, nested comments) and no grammar.
 *
 * <p>A text that it does not know to be harmless costs a reset of the session, one round trip. What a text does not show
 * it cannot know: triggers, views, operators and functions that overload a harmless name may change the session, too.
 * Databases with such need {@code pool.reset: always}. Statements made by Prisma's query compiler are harmless.
 */
final class SqlScanner {
    private final String sql;
    private int at;
    private SessionEffect effect = SessionEffect.NONE;
    private boolean statementStarted;
    private int statements;
    private boolean hasParameters;
    private boolean procedural;
    /** The name just before the current position, lower-cased unless it was quoted; null after anything else. */
    private @Nullable String name;

    private boolean nameIsQuoted;
    /** Whether {@link #name} follows INTO and so is a table. */
    private boolean nameIsTable;

    private boolean afterInto;
    private @Nullable String qualifier;

    SqlScanner(String sql) {
        this.sql = sql;
    }

    SessionEffect effect() {
        return effect;
    }

    boolean severalStatements() {
        return statements > 1;
    }

    boolean hasParameters() {
        return hasParameters;
    }

    boolean procedural() {
        return procedural;
    }

    void scan() {
        while (at < sql.length()) {
            char c = sql.charAt(at);
            if (Character.isWhitespace(c)) {
                at++;
            } else if (c == '-' && next('-')) {
                skipLineComment();
            } else if (c == '/' && next('*')) {
                skipBlockComment();
            } else if (c == ';') {
                at++;
                statementStarted = false;
                forgetName();
            } else {
                token(c);
            }
        }
    }

    private void token(char c) {
        boolean first = !statementStarted;
        if (first) {
            statementStarted = true;
            statements++;
        }
        if (Character.isLetter(c) || c == '_' || c > 127) {
            word(first);
        } else if (c == '"') {
            int start = at;
            skipQuoted('"', false);
            named(sql.substring(Math.min(start + 1, at), Math.max(start + 1, at - 1)), true);
        } else if (c == '.') {
            qualifier = name;
            name = null;
            at++;
        } else if (c == '(') {
            call();
            forgetName();
            at++;
        } else {
            if (c == '\'') {
                skipString(false);
            } else if (c == '$') {
                skipDollar();
            } else {
                at++;
            }
            forgetName();
        }
    }

    private void word(boolean first) {
        int start = at;
        while (at < sql.length() && isNamePart(sql.charAt(at))) {
            at++;
        }
        String word = sql.substring(start, at).toLowerCase(Locale.ROOT);
        if (at < sql.length() && sql.charAt(at) == '\'' && (word.equals("e") || word.equals("u"))) {
            skipString(word.equals("e"));
            forgetName();
            return;
        }
        if (word.equals("u") && next('&', 0)) {
            // Names and strings with Unicode escapes can spell anything.
            effect = effect.and(SessionEffect.RESET);
        }
        if (first) {
            startOfStatement(word);
        }
        named(word, false);
    }

    private void startOfStatement(String word) {
        procedural |= word.equals("call") || word.equals("do");
        if (SqlWords.IRREVERSIBLE_STATEMENTS.contains(word)) {
            effect = effect.and(SessionEffect.DISCARD);
        } else if (!SqlWords.HARMLESS_STATEMENTS.contains(word)) {
            effect = effect.and(SessionEffect.RESET);
        }
    }

    private void named(String text, boolean quoted) {
        if (text.startsWith("pg_temp") || (!quoted && (text.equals("temp") || text.equals("temporary")))) {
            effect = effect.and(SessionEffect.RESET);
        }
        boolean qualified = name == null && qualifier != null;
        nameIsTable = afterInto || (qualified && nameIsTable);
        afterInto = !quoted && text.equals("into");
        if (!qualified) {
            qualifier = null;
        }
        name = text;
        nameIsQuoted = quoted;
    }

    /** A name before a parenthesis is a call unless it is a key word or the table of an INSERT. */
    private void call() {
        String function = name;
        if (function == null || nameIsTable || (!nameIsQuoted && SqlWords.KEYWORDS.contains(function))) {
            return;
        }
        if (SqlWords.IRREVERSIBLE_FUNCTIONS.contains(function) || function.startsWith("dblink")) {
            effect = effect.and(SessionEffect.DISCARD);
        }
        boolean builtIn = qualifier == null || qualifier.equals("pg_catalog");
        if (!builtIn || !SqlWords.HARMLESS_FUNCTIONS.contains(function)) {
            effect = effect.and(SessionEffect.RESET);
        }
    }

    private void forgetName() {
        name = null;
        qualifier = null;
        nameIsTable = false;
        afterInto = false;
    }

    private void skipLineComment() {
        while (at < sql.length() && sql.charAt(at) != '\n' && sql.charAt(at) != '\r') {
            at++;
        }
    }

    /** A string, together with those that continue it on further lines, which have its escapes. */
    private void skipString(boolean backslashEscapes) {
        while (true) {
            skipQuoted('\'', backslashEscapes);
            int next = at;
            boolean lineBreak = false;
            while (next < sql.length() && Character.isWhitespace(sql.charAt(next))) {
                lineBreak |= sql.charAt(next) == '\n' || sql.charAt(next) == '\r';
                next++;
            }
            if (!lineBreak || next >= sql.length() || sql.charAt(next) != '\'') {
                return;
            }
            at = next;
        }
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private void skipQuoted(char quote, boolean backslashEscapes) {
        at++;
        while (at < sql.length()) {
            char c = sql.charAt(at++);
            if (c == '\\' && backslashEscapes) {
                at++;
            } else if (c == quote) {
                if (at < sql.length() && sql.charAt(at) == quote) {
                    at++;
                } else {
                    return;
                }
            }
        }
    }

    /** A parameter such as {@code $1}, or a dollar-quoted string. */
    private void skipDollar() {
        int end = at + 1;
        while (end < sql.length() && isNamePart(sql.charAt(end)) && sql.charAt(end) != '$') {
            end++;
        }
        boolean tag = end < sql.length() && sql.charAt(end) == '$' && !isDigit(sql.charAt(at + 1));
        if (!tag) {
            hasParameters |= end > at + 1 && isDigit(sql.charAt(at + 1));
            if (end < sql.length() && sql.charAt(end) == '$') {
                // Something like $1a$b$, which versions of PostgreSQL read differently.
                effect = effect.and(SessionEffect.RESET);
            }
            at = Math.max(end, at + 1);
            return;
        }
        String delimiter = sql.substring(at, end + 1);
        int close = sql.indexOf(delimiter, end + 1);
        at = close < 0 ? sql.length() : close + delimiter.length();
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

    private boolean next(char c) {
        return next(c, 1);
    }

    private boolean next(char c, int distance) {
        return at + distance < sql.length() && sql.charAt(at + distance) == c;
    }

    private static boolean isNamePart(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '$' || c > 127;
    }
}
