package dev.hasten.admin;

import dev.hasten.http.Exchange;
import dev.hasten.http.Response;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A call of the admin API: its route, who may make it, and what its documentation needs. The OpenAPI document is built from
 * the same table as the routes, so that it cannot differ from them.
 *
 * @param path with {name} for parameters
 * @param access who may make the call
 * @param summary one sentence, for the documentation
 * @param parameters the parameters of the query string
 * @param body the record that the body is read as; null for none
 * @param answer what the response contains
 * @param work returns the response; runs on a virtual thread and may block
 */
record AdminCall(
        String method,
        String path,
        Access access,
        String summary,
        List<Parameter> parameters,
        @Nullable Class<? extends Record> body,
        Answer answer,
        Function<Exchange, Response> work) {

    /** Who may make a call. */
    enum Access {
        /** Everybody. */
        OPEN,
        /** Holders of either token. */
        READ,
        /** Holders of the admin token. */
        WRITE
    }

    /** A parameter of the query string. */
    record Parameter(String name, String description) {}

    /**
     * A successful response.
     *
     * @param json the record; null if the response is not JSON or is empty
     * @param mediaType null for an empty response
     */
    record Answer(
            int status,
            @Nullable Class<? extends Record> json,
            @Nullable String mediaType) {
        static Answer of(Class<? extends Record> json) {
            return new Answer(200, json, "application/json");
        }

        static Answer of(int status, Class<? extends Record> json) {
            return new Answer(status, json, "application/json");
        }

        static Answer text(String mediaType) {
            return new Answer(200, null, mediaType);
        }

        static final Answer EMPTY = new Answer(204, null, null);
    }

    static AdminCall get(
            String path,
            String summary,
            Class<? extends Record> json,
            Function<Exchange, Response> work,
            Parameter... parameters) {
        return new AdminCall("GET", path, Access.READ, summary, List.of(parameters), null, Answer.of(json), work);
    }

    static AdminCall post(
            String path,
            String summary,
            @Nullable Class<? extends Record> body,
            Answer answer,
            Function<Exchange, Response> work) {
        return new AdminCall("POST", path, Access.WRITE, summary, List.of(), body, answer, work);
    }

    static AdminCall delete(String path, String summary, Function<Exchange, Response> work) {
        return new AdminCall("DELETE", path, Access.WRITE, summary, List.of(), null, Answer.EMPTY, work);
    }
}
