package dev.hasten.bench.scenario;

import dev.hasten.bench.http.Expectation;

/**
 * The expected responses for the rows in tables.sql. Lengths are in bytes, with a margin for longer ids and numbers.
 */
final class ExpectedResponses {
    static final Expectation USER =
            Expectation.of("{\"data\":{\"id\":@ID,\"email\":\"user@ID@example.com\",", 150, 260);
    static final Expectation POSTS = Expectation.of("{\"data\":[{\"id\":", 8_000, 14_000);
    static final Expectation USERS_WITH_POSTS =
            Expectation.of("{\"data\":[{\"id\":@ID,\"email\":\"user@ID@example.com\",", 20_000, 26_000);
    static final Expectation EVENT = Expectation.of("{\"data\":{\"id\":", 100, 250);
    static final Expectation RAW_ROW = Expectation.of("{\"data\":{\"columns\":[", 100, 300);
    static final Expectation TRANSACTION = Expectation.of("{\"id\":\"", 10, 500);
    static final Expectation DONE = Expectation.of("{", 2, 500);
    static final Expectation INVALIDATED = Expectation.of("", 0, 500);

    private ExpectedResponses() {}
}
