package dev.hasten.admin;

import dev.hasten.admission.Database;
import dev.hasten.cache.CacheUse;
import dev.hasten.deadline.Cancellation;
import dev.hasten.deadline.CancelledException;
import dev.hasten.deadline.Watchdog.Watch;
import dev.hasten.http.Exchange;
import dev.hasten.http.Response;
import dev.hasten.insights.Advice;
import dev.hasten.insights.Advice.Kind;
import dev.hasten.insights.Advisor;
import dev.hasten.insights.ShapeReport;
import dev.hasten.postgres.DatabaseException;
import dev.hasten.postgres.ParsedStatement;
import dev.hasten.protocol.ApiError;
import dev.hasten.server.HastenServer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Statistics of queries by their shape, and what the advisor suggests. */
final class InsightsEndpoints {
    private static final int MOST = 10_000;
    private static final int DEFAULT_LIMIT = 100;
    private static final String CURRENT = "current";
    private static final String PREVIOUS = "previous";
    /** A tag of fewer entries says nothing. */
    private static final int FEWEST_ENTRIES = 10;

    /** How long all checks of a request may take. */
    private static final Duration LONGEST_CHECK = Duration.ofSeconds(1);

    private static final String[] ORDERS = {"total", "calls", "mean", "p95", "p99", "saved", "errors", "hit_rate"};

    private final HastenServer server;

    /**
     * {@code GET /insights}.
     *
     * @param since start of the window; null if there was no previous one
     * @param until end of the window; null for the current one
     * @param shapes how many there are in the window; the list may have fewer
     */
    record InsightsReport(@Nullable Instant since, @Nullable Instant until, int shapes, List<ShapeReport> queries) {}

    /** {@code GET /insights/advice}: the greatest gain first. */
    record AllAdvice(Instant since, List<Advice> advice) {}

    InsightsEndpoints(HastenServer server) {
        this.server = server;
    }

    Response report(Exchange exchange) {
        Query query = new Query(exchange);
        boolean previous = query.word("window", CURRENT, PREVIOUS).equals(PREVIOUS);
        String database = database(query);
        String search = query.text("search");
        String order = query.word("sort", ORDERS);
        List<ShapeReport> all = server.insights().reports(previous).stream()
                .filter(shape -> database == null || shape.database().equals(database))
                .filter(shape ->
                        search == null || mentions(shape, search.strip().toLowerCase(Locale.ROOT)))
                .sorted(order(order))
                .toList();
        return AdminJson.response(
                200,
                new InsightsReport(
                        previous
                                ? server.insights().previousStart()
                                : server.insights().windowStart(),
                        previous ? server.insights().windowStart() : null,
                        all.size(),
                        all.stream()
                                .limit(query.number("limit", DEFAULT_LIMIT, MOST))
                                .toList()));
    }

    private static boolean mentions(ShapeReport shape, String text) {
        return Stream.of(shape.label(), shape.arguments(), shape.sql())
                .anyMatch(part -> part != null && part.toLowerCase(Locale.ROOT).contains(text));
    }

    private static Comparator<ShapeReport> order(String name) {
        return switch (name) {
            case "calls" -> Comparator.comparingLong(ShapeReport::calls).reversed();
            case "mean" -> Comparator.comparingDouble(ShapeReport::meanMs).reversed();
            case "p95" -> Comparator.comparingDouble(ShapeReport::p95Ms).reversed();
            case "p99" -> Comparator.comparingDouble(ShapeReport::p99Ms).reversed();
            case "saved" -> Comparator.comparingDouble(ShapeReport::savedMs).reversed();
            case "hit_rate" -> Comparator.comparingDouble(ShapeReport::hitRate).reversed();
            case "errors" ->
                Comparator.comparingLong((ShapeReport shape) -> shape.errors().values().stream()
                                .mapToLong(Long::longValue)
                                .sum())
                        .reversed();
            default -> Comparator.comparingDouble(ShapeReport::totalMs).reversed();
        };
    }

    Response advice(Exchange exchange) {
        Query query = new Query(exchange);
        String database = database(query);
        long end = System.nanoTime() + LONGEST_CHECK.toNanos();
        List<Advice> advice = new ArrayList<>(new Advisor(
                        server.insights(),
                        (name, sql) -> isCacheable(name, sql, Duration.ofNanos(end - System.nanoTime())))
                .advice());
        server.databases().values().forEach(each -> advice.addAll(unusedTags(each)));
        return AdminJson.response(
                200,
                new AllAdvice(
                        server.insights().windowStart(),
                        advice.stream()
                                .filter(each ->
                                        database == null || each.database().equals(database))
                                .toList()));
    }

    private @Nullable String database(Query query) {
        String name = query.text("database");
        try {
            return name == null
                    ? null
                    : DatabaseName.chosen(name, server.databases().keySet());
        } catch (IllegalArgumentException e) {
            throw ApiError.badRequest(String.valueOf(e.getMessage()));
        }
    }

    /** What cannot be checked now counts as possible: it is only a suggestion. */
    private boolean isCacheable(String name, String sql, Duration left) {
        Database database = server.databases().get(name);
        if (database == null) {
            return false;
        }
        if (!left.isPositive() || database.pool().isPaused() || database.pool().hasFailed()) {
            return true;
        }
        Cancellation cancellation = new Cancellation();
        try (Watch _ = server.watchdog().watch(cancellation, left)) {
            return database.proofs()
                            .of(ParsedStatement.of(sql), cancellation)
                            .reads()
                            .uncached()
                    == null;
        } catch (DatabaseException | CancelledException e) {
            return true;
        }
    }

    private static List<Advice> unusedTags(Database database) {
        List<Advice> advice = new ArrayList<>();
        Map<String, CacheUse.Use> tags = database.cache().use(0).tags();
        tags.forEach((tag, use) -> {
            if (use.entries() >= FEWEST_ENTRIES && !database.cache().wasInvalidated(tag)) {
                advice.add(new Advice(
                        Kind.UNUSED_TAG,
                        database.name(),
                        null,
                        tag,
                        null,
                        use.hits(),
                        null,
                        null,
                        0,
                        use.entries() + " stored responses have the tag " + tag
                                + ", which was not invalidated since the server started. Invalidate it when its data"
                                + " changes, or remove it.",
                        null));
            }
        });
        return advice;
    }

    Response reset(Exchange exchange) {
        server.insights().reset();
        server.audit().record("insights.reset", AdminApi.ACTOR, null, Map.of());
        return Response.empty(204);
    }
}
