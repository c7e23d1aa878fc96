package dev.hasten.sql;

import dev.hasten.admission.Database;
import dev.hasten.admission.Endpoint;
import dev.hasten.admission.RequestContext;
import dev.hasten.http.Exchange;
import dev.hasten.http.Response;
import dev.hasten.protocol.ApiError;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.regex.Pattern;

/**
 * The streamed responses of all databases. Each uses a connection for as long as its client needs to read it, so their
 * number is limited.
 */
public final class SqlStreams {
    /** The media type of newline-delimited JSON. */
    static final String MEDIA_TYPE = "application/x-ndjson";

    /** The media type as an element of a list, without the weight 0. */
    private static final Pattern WANTED = Pattern.compile(
            "(^|,)\\s*" + Pattern.quote(MEDIA_TYPE) + "\\s*(?!\\s*;\\s*q=0(\\.0*)?\\s*($|,))($|[,;])",
            Pattern.CASE_INSENSITIVE);

    private final Map<String, Limit> byDatabase = new HashMap<>();

    private record Limit(int count, Semaphore free) {}

    public SqlStreams(Collection<Database> databases) {
        for (Database database : databases) {
            int count = database.limits().maxStreams();
            byDatabase.put(database.name(), new Limit(count, new Semaphore(count)));
        }
    }

    /** How many responses of a database are being streamed. */
    public long openCount(String database) {
        Limit limit = of(database);
        return (long) limit.count() - limit.free().availablePermits();
    }

    private Limit of(String database) {
        Limit limit = byDatabase.get(database);
        if (limit == null) {
            throw new IllegalArgumentException("there is no database " + database);
        }
        return limit;
    }

    /** Whether the client accepts a streamed response. It is then preferred to others that the client accepts. */
    static boolean isWanted(Exchange exchange) {
        String accept = exchange.header("accept");
        return accept != null && WANTED.matcher(accept).find();
    }

    /** Work that streams its response. */
    Endpoint.Work work(Endpoint.Work stream) {
        return new Endpoint.Work() {
            @Override
            public Duration timeLimit(Database.Limits limits) {
                return limits.streamTimeout();
            }

            @Override
            public Response run(RequestContext request) {
                Limit limit = of(request.database().name());
                if (!limit.free().tryAcquire()) {
                    throw ApiError.tooManyRequests(
                            "Too many streamed responses: the limit is " + limit.count()
                                    + " at the same time (limits.max_streams). Try again later",
                            Duration.ofSeconds(1));
                }
                try {
                    return stream.run(request);
                } finally {
                    limit.free().release();
                }
            }
        };
    }
}
