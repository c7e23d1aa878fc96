package dev.hasten.config;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The keys at the top of the file: addresses, identity and state of this server. */
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
                doc =
                        "Where clients reach this server, such as `https://db.example.com`, when a proxy in between does not"
                                + " pass on the `Host` header. Interactive transactions of Prisma 5 and 6 need it.")
        @Nullable
        String publicUrl,

        @Setting(value = "127.0.0.1", doc = "Address of the admin API and dashboard. Keep it private.")
        String adminHost,

        @Setting(
                value = "4467",
                min = "1",
                max = "65535",
                zero = "any free port",
                doc = "Port of the admin API and dashboard. When unset and 4467 is taken, any free port.")
        int adminPort,

        @Setting(doc = "Bearer token of the admin API. When unset, one is generated and kept in `state_dir`.") @Nullable
        Secret adminToken,

        @Setting(
                value = "local",
                pattern = "[a-z0-9-]{1,32}",
                doc = "Name of the place this server runs in; the admin API shows it, and `cf-ray` with `_` for `-`.")
        String region,

        @Setting(value = ".hasten", doc = "Directory for generated keys, certificates and the embedded database.")
        Path stateDir,

        @Setting(
                value = "30s",
                zero = "stop at once",
                doc = "On shutdown, how long requests that are running may take to finish.")
        Duration drainTimeout) {}
