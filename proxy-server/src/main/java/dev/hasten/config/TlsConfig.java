package dev.hasten.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** HTTPS on the client port. Without any of these keys the port speaks plain HTTP. */
public record TlsConfig(
        @Setting(readable = true, doc = "PEM file with the server's certificate chain. Needs `tls.key`.") @Nullable
        Path cert,

        @Setting(readable = true, doc = "PEM file with the private key (PKCS#8). Needs `tls.cert`.") @Nullable
        Path key,

        @Setting(
                value = "false",
                doc =
                        "Serve HTTPS on localhost with a certificate of a local authority, kept in `state_dir`; for development.")
        boolean dev) {
    /** Whether the client port speaks HTTPS. */
    public boolean enabled() {
        return dev || cert != null;
    }
}
