package dev.hasten.cli;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** The text of {@code hasten status} and {@code hasten top}. */
final class StatusScreen {
    private static final int LABEL = 44;
    private static final int SHOWN_REQUESTS = 5;
    private static final int SHOWN_QUERIES = 8;
    private static final int SHOWN_ADVICE = 3;

    private final Output output;

    StatusScreen(Output output) {
        this.output = output;
    }

    /** One screen with everything. */
    String of(Snapshot snapshot) {
        return head(snapshot)
                + line("")
                + databases(snapshot)
                + running(snapshot)
                + queries(snapshot)
                + advice(snapshot);
    }

    private String head(Snapshot snapshot) {
        JsonNode status = snapshot.status();
        JsonNode now = snapshot.latest();
        double hitRate = now.path("hit_rate").asDouble(-1);
        String state = status.path("draining").asBoolean(false) ? output.yellow("  draining") : "";
        return line(output.bold("hasten " + status.path("version").asString("")) + "  up "
                        + duration(status.path("uptime_ms").asLong(0)) + "  region "
                        + status.path("region").asString("") + "  port "
                        + status.path("port").asInt(0)
                        + (status.path("tls").asBoolean(false) ? " (TLS)" : "") + state)
                + line(String.format(
                        Locale.ROOT,
                        "%.0f requests/s  %s  p50 %s  p95 %s  p99 %s  hit rate %s  running %d  CPU %.2f cores  heap %s",
                        now.path("requests_per_second").asDouble(0),
                        errors(now.path("errors_per_second").asDouble(0)),
                        latency(now, "p50_ms"),
                        latency(now, "p95_ms"),
                        latency(now, "p99_ms"),
                        hitRate < 0 ? "-" : percent(hitRate),
                        status.path("running_requests").asInt(0),
                        now.path("cpu").asDouble(0),
                        bytes(now.path("heap_bytes").asLong(0))));
    }

    private static String latency(JsonNode now, String percentile) {
        return now.path("requests_per_second").asDouble(0) == 0
                ? "-"
                : millis(now.path(percentile).asDouble(0));
    }

    private String errors(double perSecond) {
        String text = String.format(Locale.ROOT, "%.1f errors/s", perSecond);
        return perSecond > 0 ? output.red(text) : text;
    }

    private String databases(Snapshot snapshot) {
        TextTable table = new TextTable(
                "DATABASE", "SERVER", "POOL", "WAITING", "TRANSACTIONS", "CACHE", "ENTRIES", "HITS", "MISSES");
        int at = 0;
        for (JsonNode pool : snapshot.pools()) {
            JsonNode cache = snapshot.cache().path(at);
            JsonNode counts = cache.path("counts");
            table.row(List.of(
                    printable(pool.path("database").asString("")),
                    printable(pool.path("server").asString("")),
                    pool.path("active").asInt(0) + "/" + pool.path("total").asInt(0) + " of "
                            + pool.path("size").asInt(0)
                            + (pool.path("paused").asBoolean(false) ? " PAUSED" : ""),
                    pool.path("waiting").asString("0"),
                    snapshot.status()
                            .path("databases")
                            .path(at)
                            .path("open_transactions")
                            .asString("0"),
                    bytes(cache.path("bytes").asLong(0)) + " of "
                            + bytes(cache.path("limit_bytes").asLong(0)),
                    cache.path("entries").asString("0"),
                    Long.toString(counts.path("hits").asLong(0)
                            + counts.path("stale_hits").asLong(0)),
                    counts.path("misses").asString("0")));
            at++;
        }
        StringBuilder failures = new StringBuilder();
        snapshot.pools()
                .valueStream()
                .filter(pool -> pool.path("last_error").isString())
                .forEach(pool -> failures.append(
                        line(output.red(printable(pool.path("database").asString("") + " cannot be reached: "
                                + pool.path("last_error").asString(""))))));
        return table.toString() + failures;
    }

    private String running(Snapshot snapshot) {
        if (snapshot.requests().isEmpty()) {
            return "";
        }
        TextTable table = new TextTable("RUNNING FOR", "REQUEST", "KEY", "STATE", "PID", "QUERY");
        snapshot.requests()
                .valueStream()
                .limit(SHOWN_REQUESTS)
                .forEach(request -> table.row(List.of(
                        millis(request.path("age_ms").asDouble(0)),
                        request.path("id").asString(""),
                        printable(request.path("key_name").asString("")),
                        request.path("state").asString("").replace('_', ' '),
                        request.path("backend_pid").asString("-"),
                        shortened(text(
                                request,
                                "sql",
                                text(request, "query", request.path("route").asString("")))))));
        return line("") + table;
    }

    private String queries(Snapshot snapshot) {
        JsonNode queries = snapshot.insights().path("queries");
        if (queries.isEmpty()) {
            return "";
        }
        TextTable table = new TextTable("TIME", "CALLS", "MEAN", "P99", "HIT RATE", "ERRORS", "QUERY");
        queries.valueStream()
                .limit(SHOWN_QUERIES)
                .forEach(query -> table.row(List.of(
                        millis(query.path("total_ms").asDouble(0)),
                        query.path("calls").asString("0"),
                        millis(query.path("mean_ms").asDouble(0)),
                        millis(query.path("p99_ms").asDouble(0)),
                        percent(query.path("hit_rate").asDouble(0)),
                        Long.toString(query.path("errors")
                                .valueStream()
                                .mapToLong(count -> count.asLong(0))
                                .sum()),
                        label(query))));
        return line("") + table;
    }

    private String label(JsonNode query) {
        String label = query.path("label").asString("");
        return shortened(query.path("model").isNull() ? text(query, "sql", label) : label);
    }

    private String advice(Snapshot snapshot) {
        if (snapshot.advice().isEmpty()) {
            return "";
        }
        StringBuilder lines = new StringBuilder(line(""));
        snapshot.advice()
                .valueStream()
                .limit(SHOWN_ADVICE)
                .forEach(advice -> lines.append(line(output.bold("advice") + "  "
                        + printable(advice.path("label").asString("")) + ": "
                        + printable(advice.path("text").asString(""))
                        + (advice.path("line").isString()
                                ? line("") + "        "
                                        + printable(advice.path("line").asString(""))
                                : ""))));
        return lines.toString();
    }

    private static String text(JsonNode object, String member, String otherwise) {
        JsonNode value = object.path(member);
        return value.isString() ? value.stringValue() : otherwise;
    }

    private static String shortened(String text) {
        String shown = printable(text);
        return shown.length() <= LABEL ? shown : shown.substring(0, LABEL) + "...";
    }

    /** Texts of clients must not control the terminal. */
    private static String printable(String text) {
        return text.replaceAll("[\\p{C}\\p{Zl}\\p{Zp}]+", " ");
    }

    private static String line(String text) {
        return text + System.lineSeparator();
    }

    static String duration(long millis) {
        Duration time = Duration.ofMillis(millis);
        if (time.toDays() > 0) {
            return time.toDays() + "d " + time.toHoursPart() + "h";
        }
        return time.toHours() > 0
                ? time.toHours() + "h " + time.toMinutesPart() + "m"
                : time.toMinutes() + "m " + time.toSecondsPart() + "s";
    }

    static String millis(double millis) {
        if (millis >= 10_000) {
            return String.format(Locale.ROOT, "%.1f s", millis / 1000);
        }
        return String.format(Locale.ROOT, millis < 10 ? "%.2f ms" : "%.0f ms", millis);
    }

    private static String percent(double part) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * part);
    }

    static String bytes(long bytes) {
        if (bytes >= 1L << 30) {
            return String.format(Locale.ROOT, "%.1f GB", bytes / (double) (1L << 30));
        }
        return bytes >= 1L << 20
                ? String.format(Locale.ROOT, "%.0f MB", bytes / (double) (1L << 20))
                : String.format(Locale.ROOT, "%.0f KB", Math.ceil(bytes / 1024.0));
    }
}
