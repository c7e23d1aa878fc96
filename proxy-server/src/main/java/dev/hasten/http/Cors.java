package dev.hasten.http;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Cross-origin requests of pages in browsers ("Fetch" of WHATWG, section 3.3): which pages may read the answers of a route.
 *
 * @param origins such as {@code https://app.example.com}; {@code *} is all; empty for none, which is the default
 */
public record Cors(Set<String> origins) {
    private static final String ANY = "*";
    private static final String ONE_DAY = "86400";

    /** Copies the origins. */
    public Cors {
        origins = Set.copyOf(origins);
    }

    /** Whether any page may ask. */
    public boolean isOn() {
        return !origins.isEmpty();
    }

    /** Lets pages read the answers of a handler, errors included. */
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
            public Answer outgoing(Exchange exchange, Answer answer) {
                return allow(exchange, handler.outgoing(exchange, answer)).header("access-control-expose-headers", ANY);
            }
        };
    }

    /**
     * Answers what browsers ask before they send such a request. It needs no key, which they would not send.
     *
     * @param methods that the route takes
     * @param headers that it reads
     */
    public Handler preflight(String methods, String headers) {
        return exchange -> exchange.answer(allow(exchange, Answer.empty(204))
                .header("access-control-allow-methods", methods)
                .header("access-control-allow-headers", headers)
                .header("access-control-max-age", ONE_DAY));
    }

    /** Without the header, the browser does not let the page read the answer. */
    private Answer allow(Exchange exchange, Answer answer) {
        if (origins.contains(ANY)) {
            return answer.header("access-control-allow-origin", ANY);
        }
        String origin = exchange.header("origin");
        if (origin != null && origins.contains(origin)) {
            answer.header("access-control-allow-origin", origin);
        }
        return answer.header("vary", "Origin");
    }
}
