package dev.hasten.http;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Cross-origin requests from web pages (WHATWG Fetch, section 3.3): which pages may read the responses of a route.
 *
 * @param origins origins such as {@code https://app.example.com}; {@code *} allows all; empty, the default, allows none
 */
public record Cors(Set<String> origins) {
    private static final String ANY = "*";
    private static final String ONE_DAY = "86400";

    /** Copies the origins. */
    public Cors {
        origins = Set.copyOf(origins);
    }

    /** Whether any origin is allowed. */
    public boolean isOn() {
        return !origins.isEmpty();
    }

    /** Lets allowed pages read the responses of a handler, including errors. */
    public GuardedHandler around(GuardedHandler handler) {
        return new GuardedHandler() {
            @Override
            public Decision decide(Exchange head) {
                return handler.decide(head);
            }

            @Override
            public @Nullable ErrorRenderer errors() {
                return handler.errors();
            }

            @Override
            public Response outgoing(Exchange exchange, Response response) {
                return allow(exchange, handler.outgoing(exchange, response))
                        .header("access-control-expose-headers", ANY);
            }
        };
    }

    /**
     * Handles preflight requests. It requires no API key, because browsers send none with a preflight request.
     *
     * @param methods the methods of the route
     * @param headers the request headers that the route reads
     */
    public Handler preflight(String methods, String headers) {
        return exchange -> exchange.respond(allow(exchange, Response.empty(204))
                .header("access-control-allow-methods", methods)
                .header("access-control-allow-headers", headers)
                .header("access-control-max-age", ONE_DAY));
    }

    /** Adds the headers that let an allowed page read the response. */
    private Response allow(Exchange exchange, Response response) {
        if (origins.contains(ANY)) {
            return response.header("access-control-allow-origin", ANY);
        }
        String origin = exchange.header("origin");
        if (origin != null && origins.contains(origin)) {
            response.header("access-control-allow-origin", origin);
        }
        return response.header("vary", "Origin");
    }
}
