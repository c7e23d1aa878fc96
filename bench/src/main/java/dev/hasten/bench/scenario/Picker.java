package dev.hasten.bench.scenario;

import static dev.hasten.bench.setup.BenchTables.POSTS_OF_USER;
import static dev.hasten.bench.setup.BenchTables.USERS;

import dev.hasten.bench.http.Slot;
import dev.hasten.bench.http.Values;
import java.util.random.RandomGenerator;

/** Chooses the values for the next operation. */
@FunctionalInterface
interface Picker {
    void pick(Values values, RandomGenerator random);

    /** A user with an id up to {@code highest}, uniformly distributed. */
    static Picker anyUserUpTo(int highest) {
        return (values, random) -> user(values, random, random.nextInt(highest) + 1);
    }

    /** Any user, uniformly distributed. */
    static Picker anyUser() {
        return anyUserUpTo(USERS);
    }

    /** Always the same user. */
    static Picker oneUser(int id) {
        return (values, random) -> user(values, random, id);
    }

    /** Few users often and most users rarely. */
    static Picker popularUsers(Zipf popularity) {
        return (values, random) -> user(values, random, spread(popularity.next(random)));
    }

    /** The user of a rank. Popular users are spread over the table. */
    private static int spread(int rank) {
        // 7919 is a prime that does not divide the number of users, so no two ranks share a user.
        return (int) (rank * 7919L % USERS) + 1;
    }

    private static void user(Values values, RandomGenerator random, int id) {
        values.set(Slot.ID, id);
        values.set(Slot.POST, (id - 1L) * POSTS_OF_USER + 1 + random.nextInt(POSTS_OF_USER));
        values.set(Slot.NUMBER, 10 + random.nextInt(90));
        values.set(Slot.TEXT, 10_000_000 + random.nextInt(90_000_000));
    }
}
