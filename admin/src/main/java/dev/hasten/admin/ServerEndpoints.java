package dev.hasten.admin;

import dev.hasten.config.Config;
import dev.hasten.config.Config.EffectiveValue;
import dev.hasten.config.ConfigException;
import dev.hasten.config.LogConfig;
import dev.hasten.http.Exchange;
import dev.hasten.http.HttpServerException;
import dev.hasten.http.Response;
import dev.hasten.protocol.ApiError;
import dev.hasten.server.Certificates;
import dev.hasten.server.ConfigReload;
import dev.hasten.server.HastenServer;
import dev.hasten.telemetry.HastenVersion;
import dev.hasten.telemetry.LogLevels;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The server as a whole: its state, drain, log levels, configuration and certificates. */
final class ServerEndpoints {
    private static final int MOST_MINUTES = 24 * 60;
    private static final int DEFAULT_MINUTES = 10;
    private static final Pattern LOGGER = Pattern.compile("dev\\.hasten(\\.[A-Za-z0-9_-]+){0,4}");

    private final HastenServer server;
    private final Clock clock;

    /** {@code GET /status}. To check whether the databases are reachable, use {@code /ready} on the client port. */
    record Status(
            String version,
            Instant started,
            long uptimeMs,
            String region,
            int port,
            boolean tls,
            boolean draining,
            int runningRequests,
            List<DatabaseStatus> databases) {}

    /**
     * @param server host and port of PostgreSQL
     * @param lastError why the last attempt to connect has failed; null if it was successful
     */
    record DatabaseStatus(
            String database,
            String server,
            int poolSize,
            int connections,
            int openTransactions,
            boolean paused,
            @Nullable String lastError) {}

    /** {@code GET /log/levels}. */
    record Levels(LogConfig.Level configured, List<LogLevels.Temporary> temporary) {}

    /** @param minutes 10 if it is absent */
    record LevelRequest(
            String logger, LogConfig.Level level, @Nullable Integer minutes) {}

    /** {@code GET /config}. */
    record Configuration(List<Value> values) {}

    /**
     * The value of a key that is in force.
     *
     * @param value null if it is unset, or if its database is added with a restart; secrets are masked
     * @param origin where it comes from
     * @param pending the value after a restart, if the configuration was changed since the start and reloaded
     * @param appliesAtOnce whether a reload applies a change; otherwise it needs a restart
     */
    record Value(
            String key,
            @Nullable String value,
            String origin,
            @Nullable String pending,
            boolean appliesAtOnce) {}

    /** {@code POST /config/reload}. */
    record Reloaded(List<String> applied, List<String> restartRequired) {}

    ServerEndpoints(HastenServer server, Clock clock) {
        this.server = server;
        this.clock = clock;
    }

    Response status(Exchange exchange) {
        Config config = server.config();
        return AdminJson.response(
                200,
                new Status(
                        HastenVersion.text(),
                        server.started(),
                        Duration.between(server.started(), clock.instant()).toMillis(),
                        config.server().region(),
                        server.port(),
                        server.usesTls(),
                        server.isDrained(),
                        server.runningRequests(),
                        server.databases().values().stream()
                                .map(database -> new DatabaseStatus(
                                        database.name(),
                                        database.pool().options().server().host() + ":"
                                                + database.pool()
                                                        .options()
                                                        .server()
                                                        .port(),
                                        database.pool().options().size().connections(),
                                        database.pool().total(),
                                        database.transactions().openCount(),
                                        database.pool().isPaused(),
                                        database.pool().lastError()))
                                .toList()));
    }

    Response drain(Exchange exchange) {
        return drain(true);
    }

    Response undrain(Exchange exchange) {
        return drain(false);
    }

    private Response drain(boolean on) {
        server.drain(on);
        server.audit().record(on ? "server.drained" : "server.undrained", AdminApi.ACTOR, null, Map.of());
        return Response.empty(204);
    }

    Response levels(Exchange exchange) {
        return AdminJson.response(
                200,
                new Levels(
                        server.latestConfig().log().level(), server.logLevels().list()));
    }

    /** Returns 200 and the level with its end. */
    Response setLevel(Exchange exchange) {
        LevelRequest request = AdminJson.read(exchange.body(), LevelRequest.class);
        if (!LOGGER.matcher(request.logger()).matches()) {
            throw ApiError.badRequest(
                    "`logger` must be dev.hasten or a package or class in it, such as dev.hasten.postgres");
        }
        int minutes = request.minutes() == null ? DEFAULT_MINUTES : request.minutes();
        if (minutes < 1 || minutes > MOST_MINUTES) {
            throw ApiError.badRequest("`minutes` must be from 1 to " + MOST_MINUTES);
        }
        LogLevels.Temporary level;
        try {
            level = server.logLevels().set(request.logger(), request.level(), Duration.ofMinutes(minutes));
        } catch (IllegalStateException e) {
            throw ApiError.of(409, "P6000", "Too many temporary levels: " + e.getMessage());
        }
        server.audit()
                .record(
                        "log.level",
                        AdminApi.ACTOR,
                        null,
                        Map.of(
                                "logger", request.logger(),
                                "level", request.level().name().toLowerCase(Locale.ROOT),
                                "until", level.until().toString()));
        return AdminJson.response(200, level);
    }

    /** Returns 204, or throws 404 if there is no such level. */
    Response resetLevel(Exchange exchange) {
        String logger = exchange.pathParameter("logger");
        if (!server.logLevels().reset(logger)) {
            throw ApiError.of(404, "P6000", "This logger has no temporary level; GET /log/levels lists them");
        }
        server.audit().record("log.level.reset", AdminApi.ACTOR, null, Map.of("logger", logger));
        return Response.empty(204);
    }

    Response configuration(Exchange exchange) {
        Map<String, EffectiveValue> start = byPath(server.config());
        Map<String, EffectiveValue> latest = byPath(server.latestConfig());
        Set<String> paths = new TreeSet<>(start.keySet());
        paths.addAll(latest.keySet());
        return AdminJson.response(
                200,
                new Configuration(paths.stream()
                        .map(path -> value(start.get(path), latest.get(path)))
                        .filter(Objects::nonNull)
                        .toList()));
    }

    private static Map<String, EffectiveValue> byPath(Config config) {
        return config.effectiveValues().stream().collect(Collectors.toMap(EffectiveValue::path, Function.identity()));
    }

    /** Null if the key no longer exists. */
    private @Nullable Value value(@Nullable EffectiveValue start, @Nullable EffectiveValue latest) {
        EffectiveValue known = latest != null ? latest : Objects.requireNonNull(start);
        boolean waits = waits(known.path());
        if (!waits && latest == null) {
            return null;
        }
        EffectiveValue inForce = waits && start != null ? start : known;
        String value = waits && start == null ? null : inForce.value();
        return new Value(
                known.path(),
                value,
                inForce.origin(),
                waits ? pending(value, latest) : null,
                HastenServer.appliesAtOnce(known.path()));
    }

    private static @Nullable String pending(@Nullable String value, @Nullable EffectiveValue latest) {
        if (latest == null) {
            return "(removed)";
        }
        return latest.value() == null && value != null ? "(unset)" : latest.value();
    }

    /** Whether the latest value needs a restart: because of the key, or because its database is added or removed. */
    private boolean waits(String path) {
        String[] parts = path.split("\\.", 3);
        return server.restartRequired().contains(path)
                || (parts[0].equals("databases")
                        && server.databases().containsKey(parts[1])
                                != server.latestConfig().databases().containsKey(parts[1]));
    }

    /** Returns 200, or throws 400 with all problems of the configuration; nothing is changed then. */
    Response reload(Exchange exchange) {
        ConfigReload reload;
        try {
            reload = server.reload();
        } catch (ConfigException e) {
            throw ApiError.badRequest("The configuration is invalid, so nothing was changed: "
                    + e.problems().stream().map(Object::toString).collect(Collectors.joining("; ")));
        }
        server.audit()
                .record(
                        "config.reloaded",
                        AdminApi.ACTOR,
                        null,
                        Map.of(
                                "applied", sorted(reload.applied()).toString(),
                                "restart_required",
                                        sorted(reload.restartRequired()).toString()));
        return AdminJson.response(200, new Reloaded(sorted(reload.applied()), sorted(reload.restartRequired())));
    }

    private static List<String> sorted(Set<String> keys) {
        return keys.stream().sorted().toList();
    }

    /** Returns 204, or throws 409 if there is no certificate or it cannot be used. */
    Response reloadCertificates(Exchange exchange) {
        Certificates certificates = server.certificates();
        if (certificates == null) {
            throw ApiError.of(409, "P6000", "The server has no certificate: set tls.cert and tls.key, and restart it");
        }
        try {
            certificates.reload();
        } catch (HttpServerException e) {
            throw ApiError.of(409, "P6000", "The certificate was not replaced: " + e.getMessage());
        }
        server.audit().record("certificates.reloaded", AdminApi.ACTOR, null, Map.of());
        return Response.empty(204);
    }
}
