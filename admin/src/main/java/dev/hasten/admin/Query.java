package dev.hasten.admin;

import dev.hasten.admin.AdminCall.Parameter;
import dev.hasten.http.Exchange;
import dev.hasten.protocol.ApiError;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The parameters of a query string, with errors that say what is allowed. */
final class Query {
    private final Map<String, List<String>> given;

    Query(Exchange exchange) {
        this.given = exchange.queryParameters();
    }

    /** @throws ApiError 400 for an unknown or repeated parameter */
    static void check(Exchange exchange, List<Parameter> allowed) {
        List<String> names = allowed.stream().map(Parameter::name).toList();
        exchange.queryParameters().forEach((name, values) -> {
            if (!names.contains(name) || values.size() != 1) {
                throw ApiError.badRequest("Unknown or repeated parameter; allowed: "
                        + (names.isEmpty() ? "none" : String.join(", ", names)));
            }
        });
    }

    /** The value; null if it is not given. */
    @Nullable
    String text(String name) {
        List<String> values = given.get(name);
        return values == null ? null : values.getFirst();
    }

    /** A whole number. */
    int number(String name, int otherwise, int max) {
        String text = text(name);
        if (text == null) {
            return otherwise;
        }
        try {
            int number = Integer.parseInt(text);
            if (number >= 1 && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Reported below.
        }
        throw ApiError.badRequest("`" + name + "` must be a whole number from 1 to " + max);
    }

    /** One of several words; the first one if none is given. */
    String word(String name, String... allowed) {
        String text = text(name);
        if (text == null) {
            return allowed[0];
        }
        if (!List.of(allowed).contains(text)) {
            throw ApiError.badRequest("`" + name + "` must be one of " + String.join(", ", allowed));
        }
        return text;
    }
}
