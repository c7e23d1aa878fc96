package dev.hasten.cli;

/** The URL that an app on this machine gives to Prisma Client. */
final class ClientUrl {
    private ClientUrl() {}

    /**
     * @param port a number, or what stands in its place when it is not known
     * @param token of an API key
     */
    static String of(boolean tls, String port, String token) {
        // prisma+postgres:// means http for clients on localhost, prisma:// always means https.
        return (tls ? "prisma" : "prisma+postgres") + "://localhost:" + port + "/?api_key=" + token;
    }
}
