package dev.hasten.postgres;

import dev.hasten.postgres.SqlLexer.Token;
import dev.hasten.postgres.SqlText.SessionEffect;
import org.jspecify.annotations.Nullable;

/**
 * One pass over SQL that decides whether the statement can change session state.
 *
 * <p>A text that it does not know to be harmless costs a reset of the session, one round trip. What a text does not show
 * it cannot know: triggers, views, operators and functions that overload a harmless name may change the session, too.
 * Databases with such need {@code pool.reset: always}. Statements made by Prisma's query compiler are harmless.
 */
final class SqlScanner {
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
    private @Nullable String qualifier;

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

    void scan() {
        Token token;
        while ((token = lexer.next()) != Token.END) {
            if (token == Token.SYMBOL && lexer.isSymbol(';')) {
                statementStarted = false;
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
                case QUOTED_NAME -> named(lexer.text(), true);
                case SYMBOL -> symbol();
                case STRING -> forgetName();
                case PARAMETER, UNCLEAR -> {
                    hasParameters = true;
                    if (token == Token.UNCLEAR) {
                        effect = effect.and(SessionEffect.RESET);
                    }
                    forgetName();
                }
                case END -> {}
            }
        }
    }

    private void symbol() {
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
        }
        if (statements == 1) {
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
}
