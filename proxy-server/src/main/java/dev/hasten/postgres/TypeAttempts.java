package dev.hasten.postgres;

import dev.hasten.deadline.Cancellation;
import dev.hasten.postgres.ParsedStatement.SessionEffect;
import dev.hasten.postgres.ParsedStatement.Trait;
import dev.hasten.postgres.PostgresSession.Execution;
import dev.hasten.postgres.TypeChoices.Choice;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs statements whose parameters may have alternative types ({@link TypedParameter}). PostgreSQL refuses some statements
 * with the first types, and is then asked again. Not thread-safe, like its session.
 */
final class TypeAttempts {
    /**
     * Savepoints in one transaction. PostgreSQL keeps 64 subtransactions of a session in shared memory; with more, all
     * sessions check the visibility of its rows more slowly.
     */
    private static final int MAX_SAVEPOINTS = 32;

    private final PostgresSession session;
    private final TypeChoices choices = new TypeChoices();
    private int savepoints;

    TypeAttempts(PostgresSession session) {
        this.session = session;
    }

    /** Must be called whenever no transaction is open. */
    void transactionEnded() {
        savepoints = 0;
    }

    /** Runs a statement, with other types if PostgreSQL refuses the first ones. */
    StatementResult run(
            ParsedStatement text,
            List<? extends @Nullable Object> parameters,
            Execution execution,
            @Nullable String begin,
            Cancellation cancellation)
            throws SQLException {
        if (execution == Execution.AUTOCOMMIT && ParameterTypes.haveAlternatives(parameters, Choice.ALL)) {
            return runAlone(text, parameters, cancellation);
        }
        return execution != Execution.AUTOCOMMIT && ParameterTypes.haveAlternatives(parameters, Choice.UNDECLARED)
                ? runInTransaction(text, parameters, execution, begin, cancellation)
                : session.attempt(text, parameters, execution, begin, cancellation);
    }

    /**
     * Tries the alternative types of the parameters if PostgreSQL refuses the first ones. A statement outside of a
     * transaction has had no effect if it failed, unless it is a CALL or DO, so it can be sent again.
     */
    private StatementResult runAlone(
            ParsedStatement text, List<? extends @Nullable Object> parameters, Cancellation cancellation)
            throws SQLException {
        String key = ParameterTypes.key(text.sql(), parameters);
        Choice known = choices.of(key);
        Choice choice = known == null ? Choice.FIRST : known;
        SQLException first = null;
        while (true) {
            try {
                StatementResult result = session.attempt(
                        text, ParameterTypes.of(parameters, choice), Execution.AUTOCOMMIT, null, cancellation);
                if (first != null) {
                    choices.learn(key, choice);
                }
                return result;
            } catch (SQLException e) {
                boolean refused = String.valueOf(e.getSQLState()).startsWith("42");
                SQLException reported = first != null && refused ? first : e;
                Choice next = TypeChoices.after(choice, e);
                if (first == null && choice != Choice.FIRST && refused) {
                    // The schema has changed since the choice was learned.
                    choices.forget(key);
                    next = Choice.FIRST;
                }
                if (next == null
                        || !session.isIdle()
                        || text.is(Trait.PROCEDURAL)
                        || (next != Choice.FIRST && !ParameterTypes.haveAlternatives(parameters, next))) {
                    throw reported;
                }
                first = reported;
                choice = next;
            }
        }
    }

    /**
     * Tries a type for the parameters that have none if PostgreSQL cannot infer it. An error makes the transaction fail,
     * so this needs a savepoint, until a choice is known. A statement that changes the session gets none: after the
     * release of a savepoint, {@code transaction_read_only} has its former value.
     */
    private StatementResult runInTransaction(
            ParsedStatement text,
            List<? extends @Nullable Object> parameters,
            Execution execution,
            @Nullable String begin,
            Cancellation cancellation)
            throws SQLException {
        String key = ParameterTypes.key(text.sql(), parameters);
        Choice known = choices.of(key);
        if (known != null
                || text.effect() != SessionEffect.NONE
                || !TypeChoices.isRemembered(key)
                || savepoints == MAX_SAVEPOINTS) {
            Choice choice = known == null || known == Choice.ALL ? Choice.FIRST : known;
            try {
                return session.attempt(text, ParameterTypes.of(parameters, choice), execution, begin, cancellation);
            } catch (SQLException e) {
                if (String.valueOf(e.getSQLState()).startsWith("42")) {
                    choices.forget(key);
                }
                throw e;
            }
        }
        if (session.isIdle()) {
            session.command(begin == null ? "BEGIN" : begin, cancellation);
        }
        savepoints++;
        session.command("SAVEPOINT hasten_types", cancellation);
        Choice choice = Choice.FIRST;
        StatementResult result;
        try {
            result = session.attempt(text, parameters, execution, null, cancellation);
        } catch (SQLException e) {
            if (TypeChoices.after(Choice.FIRST, e) != Choice.UNDECLARED) {
                throw e;
            }
            session.stalePlanIsHarmless();
            choice = Choice.UNDECLARED;
            session.command("ROLLBACK TO SAVEPOINT hasten_types", cancellation);
            result = second(text, ParameterTypes.of(parameters, choice), execution, e, cancellation);
        }
        session.command("RELEASE SAVEPOINT hasten_types", cancellation);
        choices.learn(key, choice);
        return result;
    }

    /** @param first the error of the first attempt, thrown if the types of the second one do not fit, either */
    private StatementResult second(
            ParsedStatement text,
            List<? extends @Nullable Object> parameters,
            Execution execution,
            SQLException first,
            Cancellation cancellation)
            throws SQLException {
        try {
            return session.attempt(text, parameters, execution, null, cancellation);
        } catch (SQLException e) {
            throw String.valueOf(e.getSQLState()).startsWith("42") ? first : e;
        }
    }
}
