package dev.hasten.protocol;

import tools.jackson.core.TokenStreamContext;

/**
 * The maximum number of parameters of a statement. It is checked while the parameters are read, because each of them
 * becomes an object.
 */
public final class ParameterLimit {
    /** The Bind message of PostgreSQL's protocol has a 16-bit count. */
    public static final int PARAMETERS = 65_535;

    private ParameterLimit() {}

    /** P2029, status 400; {@code count} is the number of parameters as text. */
    public static ApiError exceeded(String count) {
        return ApiError.of(
                400,
                "P2029",
                "Query parameter limit exceeded error: %s parameters, but PostgreSQL allows %d in one statement"
                        .formatted(count, PARAMETERS));
    }

    /**
     * Checks the {@code params} lists in a body of SQL over HTTP: that of a single query or those in {@code queries}.
     *
     * @param place the current position in the body
     * @throws ApiError P2029
     */
    static void checkBody(TokenStreamContext place) {
        for (TokenStreamContext context = place; context != null; context = context.getParent()) {
            if (isExceeded(context) && (isMember(context, "params") || isInQueries(context))) {
                throw exceeded("more than " + PARAMETERS);
            }
        }
    }

    /**
     * Checks a list of parameters.
     *
     * @param place the current position in the list
     * @throws ApiError P2029
     */
    static void checkList(TokenStreamContext place) {
        TokenStreamContext outermost = place;
        while (!outermost.inRoot() && !outermost.getParent().inRoot()) {
            outermost = outermost.getParent();
        }
        if (isExceeded(outermost)) {
            throw exceeded("more than " + PARAMETERS);
        }
    }

    private static boolean isExceeded(TokenStreamContext context) {
        return context.inArray() && context.getCurrentIndex() >= PARAMETERS;
    }

    /** Whether this is the value of the named member of the outermost object. */
    private static boolean isMember(TokenStreamContext context, String name) {
        TokenStreamContext object = context.getParent();
        return object.inObject()
                && name.equals(object.currentName())
                && object.getParent().inRoot();
    }

    private static boolean isInQueries(TokenStreamContext context) {
        TokenStreamContext query = context.getParent();
        return query.inObject()
                && "params".equals(query.currentName())
                && query.getParent().inArray()
                && isMember(query.getParent(), "queries");
    }
}
