package dev.hasten.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** HTTPS on the client port. If no key is set, the port serves plain HTTP. */
public record TlsConfig(
        @Setting(readable = true, doc = "PEM file with the server's certificate chain. Requires `tls.key`.") @Nullable
        Path cert,

        @Setting(
                readable = true,
                doc = "PEM file with the unencrypted private key (PKCS#8 or traditional). Requires `tls.cert`.")
        @Nullable
        Path key,

        @Setting(
                readable = true,
                doc =
                        "PEM file with the certificate authorities of clients. When set, requests need a client certificate of one of them in"
                                + " addition to an API key; `/health`, `/ready` and the admin API do not. Requires `tls.cert`.")
        @Nullable
        Path clientCa,

        @Setting(
                value = "false",
                doc = "For development: serve HTTPS on localhost with a certificate of a local authority, which is"
                        + " stored in `state_dir`.")
        boolean dev) {
    /** Whether the client port serves HTTPS. */
    public boolean enabled() {
        return dev || cert != null;
    }
}
