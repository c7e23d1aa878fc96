package dev.hasten.http;

/** Renders errors detected by the HTTP layer in the format that clients expect. */
@FunctionalInterface
public interface ErrorRenderer {

    /**
     * Returns the response for an error.
     *
     * @param status HTTP status
     * @param code Prisma error code such as P5000
     * @param message human-readable text; never contains anything that the client sent
     */
    Response render(int status, String code, String message);
}
