package dev.hasten.postgres;

import dev.hasten.postgres.ParsedStatement.SessionEffect;
import dev.hasten.postgres.SqlLexer.Token;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One pass over SQL that decides whether the statement can change session state.
 *
 * <p>A text that it does not know to be harmless costs a reset of the session, one round trip. What a text does not show
 * it cannot know: triggers, views, operators and functions that overload a harmless name may change the session, too.
 * Databases with such need {@code pool.reset: always}. Statements made by Prisma's query compiler are harmless.
 */
final class SqlScanner {
    /** Digits of the highest parameter number that PostgreSQL accepts. */
    private static final int MAX_DIGITS = 5;

    private final SqlLexer lexer;
    private SessionEffect effect = SessionEffect.NONE;
    private boolean statementStarted;
    private int statements;
    private boolean hasParameters;
    private boolean procedural;
    private String command = "";
    private boolean endsTransaction;
    /** The name just before the current position, lower-cased unless it was quoted; null after anything else. */
    private @Nullable String name;

    private boolean nameIsQuoted;
    /** Whether {@link #name} follows INTO and so is a table. */
    private boolean nameIsTable;

    private boolean afterInto;
    private boolean afterAs;
    private @Nullable String qualifier;

    /** The first word of the explained statement, if the first statement is an EXPLAIN; null until it is found. */
    private @Nullable String explained;

    private int depth;
    private boolean writesAnyway;
    /** Whether the current statement is a SET. */
    private boolean setting;
    /** The name of the setting in a SET statement; null until it is found. */
    private @Nullable String watchedSetting;

    private boolean setsForeignFormat;
    private int parameterCount;

    SqlScanner(String sql) {
        this.lexer = new SqlLexer(sql);
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

    String command() {
        return command;
    }

    boolean endsTransaction() {
        return endsTransaction;
    }

    boolean writesAnyway() {
        return writesAnyway;
    }

    boolean setsForeignFormat() {
        return setsForeignFormat;
    }

    int parameterCount() {
        return parameterCount;
    }

    void scan() {
        Token token;
        while ((token = lexer.next()) != Token.END) {
            if (token == Token.SYMBOL && lexer.isSymbol(';')) {
                statementStarted = false;
                setting = false;
                watchedSetting = null;
                forgetName();
                continue;
            }
            boolean first = !statementStarted;
            if (first) {
                statementStarted = true;
                statements++;
            }
            switch (token) {
                case WORD -> word(first);
                case QUOTED_NAME -> {
                    watch(lexer.text().toLowerCase(Locale.ROOT));
                    named(lexer.text(), true);
                }
                case SYMBOL -> symbol();
                case STRING -> {
                    watch(lexer.text().toLowerCase(Locale.ROOT));
                    forgetName();
                }
                case PARAMETER, UNCLEAR -> {
                    hasParameters = true;
                    countParameter(token);
                    if (token == Token.UNCLEAR) {
                        effect = effect.and(SessionEffect.RESET);
                    }
                    forgetName();
                }
                case END -> {}
            }
        }
    }

    private void countParameter(Token token) {
        if (token == Token.UNCLEAR || parameterCount < 0) {
            parameterCount = -1;
            return;
        }
        String digits = lexer.text().substring(1);
        if (digits.length() > MAX_DIGITS || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            parameterCount = -1;
        } else {
            parameterCount = Math.max(parameterCount, Integer.parseInt(digits));
        }
    }

    private void symbol() {
        if (lexer.isSymbol('(')) {
            depth++;
        } else if (lexer.isSymbol(')')) {
            depth--;
        }
        if (lexer.isSymbol('.')) {
            qualifier = name;
            name = null;
        } else {
            if (lexer.isSymbol('(')) {
                call();
            }
            forgetName();
        }
    }

    private void word(boolean first) {
        String word = lexer.text();
        if (word.equals("u") && lexer.touches('&')) {
            // Names and strings with Unicode escapes can spell anything.
            effect = effect.and(SessionEffect.RESET);
        }
        if (first) {
            startOfStatement(word);
            setting = word.equals("set");
        } else {
            watch(word);
        }
        if (statements == 1) {
            explain(word);
            firstStatement(word);
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

    /** SET [SESSION | LOCAL] name { TO | = } value, or SET NAMES value. */
    private void watch(String word) {
        if (!setting || word.equals("session") || word.equals("local") || word.equals("to")) {
            return;
        }
        String watched = watchedSetting;
        if (watched == null) {
            watchedSetting = word;
        } else if (watched.equals("datestyle")) {
            setsForeignFormat |= SqlWords.FOREIGN_DATE_STYLES.stream().anyMatch(word::startsWith);
        } else if (watched.equals("client_encoding") || watched.equals("names")) {
            setsForeignFormat |= !SqlWords.UTF8.contains(word);
        }
    }

    /** Parentheses contain either options or a query. No option is named like the first word of a query. */
    private void explain(String word) {
        if (!command.equals("explain")) {
            return;
        }
        if (explained != null) {
            writesAnyway |= word.equals("into") && SqlWords.READS.contains(explained) && !isLabel();
        } else if (depth > 0 ? SqlWords.READS.contains(word) : !SqlWords.EXPLAIN_OPTIONS.contains(word)) {
            explained = word;
            writesAnyway |= !SqlWords.EXPLAINED_STATEMENTS.contains(word);
        }
    }

    /** Whether the current word is a column name or label, because it follows a dot or AS. */
    private boolean isLabel() {
        return name == null ? qualifier != null : afterAs;
    }

    private void firstStatement(String word) {
        if (command.isEmpty()) {
            command = word;
            endsTransaction = SqlWords.TRANSACTION_ENDS.contains(word);
        } else if (command.equals("rollback") && word.equals("to")) {
            endsTransaction = false;
        } else if (command.equals("prepare") && word.equals("transaction")) {
            endsTransaction = true;
        }
    }

    private void named(String text, boolean quoted) {
        // UPDATE pg_settings is SET.
        if (text.startsWith("pg_temp")
                || text.equals("pg_settings")
                || (!quoted && (text.equals("temp") || text.equals("temporary")))) {
            effect = effect.and(SessionEffect.RESET);
        }
        boolean qualified = name == null && qualifier != null;
        nameIsTable = afterInto || (qualified && nameIsTable);
        afterInto = !quoted && text.equals("into");
        // In `AS as`, the second word is a label.
        afterAs = !quoted && text.equals("as") && !afterAs && !qualified;
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
        writesAnyway |= SqlWords.LARGE_OBJECT_WRITES.contains(function);
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
        afterAs = false;
    }
}
