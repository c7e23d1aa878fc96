package dev.hasten.config;

import java.util.Arrays;
import java.util.Optional;

/** The known parameters of a database URL. */
enum UrlParameter {
    SCHEMA("schema", ".+", "a schema name", "Schema for unqualified names; also reported to Prisma clients."),
    SSLMODE(
            "sslmode",
            "disable|allow|prefer|require|no-verify|verify-ca|verify-full",
            "disable, allow, prefer, require, no-verify, verify-ca or verify-full",
            "Same as in libpq; the default is `prefer`. `require` and `prefer` accept any certificate, but"
                    + " `require` with a root certificate means `verify-ca`. `no-verify`, which libpq does not"
                    + " have, means `require` without any verification."),
    SSLACCEPT(
            "sslaccept",
            "strict|accept_invalid_certs",
            "strict or accept_invalid_certs",
            "Prisma's parameter: `strict` means `sslmode=verify-full`; `accept_invalid_certs` has no effect."),
    SSLROOTCERT(
            "sslrootcert",
            ".+",
            "the path of a PEM file, or system",
            "Trusted certificates; Java's trust store by default. `system` means Java's trust store and"
                    + " `sslmode=verify-full`."),
    SSLCERT(
            "sslcert",
            ".+",
            "the path of a PEM file",
            "With `sslkey`, the client certificate, as in libpq. Without `sslkey`, the root certificate, as in"
                    + " Prisma."),
    SSLKEY("sslkey", ".+", "the path of a file", "The client's private key: PEM (PKCS#8), DER, `.p12` or `.pfx`."),
    SSLIDENTITY(
            "sslidentity",
            ".+\\.(p12|pfx)",
            "the path of a .p12 or .pfx file",
            "Prisma's parameter: the client certificate and its key in one PKCS#12 file."),
    SSLPASSWORD("sslpassword", ".*", "text", "Password of the client's private key."),
    CHANNEL_BINDING(
            "channel_binding",
            "disable|prefer|require",
            "disable, prefer or require",
            "SCRAM channel binding; the default is `prefer`."),
    CONNECTION_LIMIT("connection_limit", "[1-9]\\d{0,3}", "a number from 1 to 1000", "Same as `pool.size`."),
    POOL_TIMEOUT(
            "pool_timeout",
            "\\d{1,5}",
            "a number of seconds, or 0 for no limit",
            "Same as `pool.timeout`, in seconds; 0 means no limit."),
    STATEMENT_CACHE_SIZE(
            "statement_cache_size", "\\d{1,6}", "a number up to 100000", "Same as `pool.max_prepared_statements`."),
    CONNECT_TIMEOUT(
            "connect_timeout",
            "\\d{1,6}",
            "a number of seconds, or 0 for no limit",
            "Maximum time to open a connection, in seconds; 0 means no limit. The default is 10."),
    SOCKET_TIMEOUT(
            "socket_timeout",
            "\\d{1,6}",
            "a number of seconds, or 0 for no limit",
            "Maximum time to wait for data from the server, in seconds; 0, the default, means no limit."),
    APPLICATION_NAME("application_name", ".*", "text", "Shown in `pg_stat_activity`; the default is `hasten`."),
    OPTIONS("options", ".*", "text", "Server settings for the session, such as `-c work_mem=64MB`."),
    PGBOUNCER(
            "pgbouncer",
            "true|false",
            "true or false",
            "Set to `true` if the connection passes through PgBouncer in transaction mode; turns off server-prepared"
                    + " statements."),
    TARGET_SESSION_ATTRS(
            "target_session_attrs",
            "any|read-write|read-only|primary|standby|prefer-standby",
            "any, read-write, read-only, primary, standby or prefer-standby",
            "Which of several hosts to use, by role; `any` is the default. `read-write` means `primary`, and"
                    + " `read-only` means `standby`.");

    private final String text;
    private final String syntax;
    private final String allowed;
    private final String doc;

    UrlParameter(String text, String syntax, String allowed, String doc) {
        this.text = text;
        this.syntax = syntax;
        this.allowed = allowed;
        this.doc = doc;
    }

    static Optional<UrlParameter> of(String name) {
        return Arrays.stream(values())
                .filter(parameter -> parameter.text.equals(name))
                .findFirst();
    }

    /** The name in the URL. */
    String text() {
        return text;
    }

    boolean accepts(String value) {
        return value.matches(syntax);
    }

    /** The allowed values, as a noun phrase. */
    String allowed() {
        return allowed;
    }

    /** One sentence for the operator, in Markdown. */
    String doc() {
        return doc;
    }
}
