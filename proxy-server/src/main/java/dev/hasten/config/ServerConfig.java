package dev.hasten.config;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The top-level keys: addresses, identity and state directory of this server. */
public record ServerConfig(
        @Setting(value = "0.0.0.0", doc = "Address that clients connect to.")
        String host,

        @Setting(
                value = "4466",
                min = "1",
                max = "65535",
                zero = "any free port",
                doc = "Port that clients connect to.")
        int port,

        @Setting(
                pattern = "https?://[A-Za-z0-9.:\\[\\]-]+",
                allowed = "`http://` or `https://`, a host and optionally a port, without a path",
                doc = "URL at which clients reach this server, such as `https://db.example.com`. Required if a proxy"
                        + " in front of it does not forward the `Host` header, because the transaction URLs for"
                        + " Prisma 5 and 6 are built from it.")
        @Nullable
        String publicUrl,

        @Setting(value = "127.0.0.1", doc = "Address of the admin API. Keep it private.")
        String adminHost,

        @Setting(
                value = "4467",
                min = "1",
                max = "65535",
                zero = "any free port",
                doc = "Port of the admin API. When unset and 4467 is in use, any free port is used.")
        int adminPort,

        @Setting(doc = "Bearer token of the admin API. When unset, one is generated and stored in `state_dir`.")
        @Nullable
        Secret adminToken,

        @Setting(
                doc =
                        "Bearer token with read-only access to the admin API, for dashboards and metrics. When unset, only the admin token gives access.")
        @Nullable
        Secret adminReadToken,

        @Setting(
                value = "true",
                doc = "Whether the admin port uses TLS if the client port does, with the same certificate.")
        boolean adminTls,

        @Setting(
                doc =
                        "Further host names for the admin port, such as `hasten.example.com`. Addresses, `localhost`, names"
                                + " without a dot, `admin_host` and the name of the machine are always allowed.")
        @Nullable
        String adminAllowedHosts,

        @Setting(
                value = "local",
                pattern = "[a-z0-9-]{1,32}",
                allowed = "1 to 32 of a-z, 0-9 and `-`",
                doc = "Name of the region that this server runs in. Shown in the admin API and, with `_`"
                        + " instead of `-`, in the `cf-ray` header.")
        String region,

        @Setting(
                value = ".hasten",
                doc = "Directory for created API keys, generated certificates, the admin token, uploaded"
                        + " Prisma schemas and the embedded database.")
        Path stateDir,

        @Setting(
                value = "0s",
                zero = "no delay",
                doc =
                        "How long the server still accepts requests after it was told to stop, while `GET /ready` returns 503. Set it"
                                + " to the time that your load balancer needs to notice.")
        Duration drainDelay,

        @Setting(
                value = "30s",
                zero = "stop at once",
                doc =
                        "Maximum time for open transactions and running requests to finish on shutdown, after `drain_delay`."
                                + " Transactions get at most half of it.")
        Duration drainTimeout) {}
