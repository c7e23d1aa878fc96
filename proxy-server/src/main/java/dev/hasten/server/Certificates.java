package dev.hasten.server;

import dev.hasten.config.Config;
import dev.hasten.config.TlsConfig;
import dev.hasten.http.DevCertificates;
import dev.hasten.http.TlsContexts;
import io.netty.handler.ssl.SslContext;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The certificate of the server, which can be replaced while it runs. Connections keep the one that they were opened with. */
public final class Certificates implements Supplier<SslContext> {
    private final TlsConfig tls;
    private final Path directory;
    private @Nullable Path developmentCa;
    private volatile SslContext current;

    private Certificates(TlsConfig tls, Path directory) {
        this.tls = tls;
        this.directory = directory;
        this.current = read();
    }

    /**
     * Reads the certificate.
     *
     * @return null if the configuration has none
     * @throws dev.hasten.http.HttpServerException if a file cannot be used
     */
    static @Nullable Certificates of(Config config) {
        return config.tls().enabled()
                ? new Certificates(config.tls(), config.server().stateDir().resolve("tls"))
                : null;
    }

    private SslContext read() {
        if (tls.cert() != null && tls.key() != null) {
            return TlsContexts.fromPem(tls.cert(), tls.key());
        }
        DevCertificates development = DevCertificates.ensure(directory);
        developmentCa = development.caPem();
        return development.context();
    }

    /**
     * Reads the files again, for new connections.
     *
     * @throws dev.hasten.http.HttpServerException if a file cannot be used; the current certificate then stays in use
     */
    public void reload() {
        current = read();
    }

    @Override
    public SslContext get() {
        return current;
    }

    /** The certificate authority that clients must trust if {@code tls.dev} is set; otherwise null. */
    @Nullable
    Path developmentCa() {
        return developmentCa;
    }
}
