package dev.hasten.server;

import dev.hasten.config.Config;
import dev.hasten.config.TlsConfig;
import dev.hasten.http.DevCertificates;
import dev.hasten.http.HttpServerException;
import dev.hasten.http.TlsContexts;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The certificate of the server, which can be replaced while it runs. Connections keep the one that they were opened with. */
public final class Certificates {
    private static final Logger LOG = LoggerFactory.getLogger(Certificates.class);

    private final TlsConfig tls;
    private final Path directory;
    private @Nullable Path developmentCa;
    private volatile Contexts current;

    /** The content of the files that is in use, or that could not be used. */
    private String known;
    /** The content at the last check. */
    private String seen;

    private record Contexts(SslContext clients, SslContext admin) {}

    private Certificates(TlsConfig tls, Path directory) {
        this.tls = tls;
        this.directory = directory;
        this.known = fingerprint();
        this.seen = known;
        this.current = read();
    }

    /**
     * Reads the certificate.
     *
     * @return null if the configuration has none
     * @throws HttpServerException if a file cannot be used
     */
    static @Nullable Certificates of(Config config) {
        return config.tls().enabled()
                ? new Certificates(config.tls(), config.server().stateDir().resolve("tls"))
                : null;
    }

    private Contexts read() {
        if (tls.cert() != null && tls.key() != null) {
            SslContext plain = TlsContexts.fromPem(tls.cert(), tls.key(), null);
            return new Contexts(
                    tls.clientCa() == null ? plain : TlsContexts.fromPem(tls.cert(), tls.key(), tls.clientCa()), plain);
        }
        DevCertificates development = DevCertificates.ensure(directory);
        developmentCa = development.caPem();
        return new Contexts(development.context(), development.context());
    }

    /**
     * Reads the files again, for new connections.
     *
     * @throws HttpServerException if a file cannot be used; the current certificate then stays in use
     */
    public synchronized void reload() {
        known = fingerprint();
        seen = known;
        current = read();
    }

    /**
     * Reads the files again if they have changed since they were read, and not since the last call: a renewal may replace them
     * one after the other. Logs what it does. Call it from time to time.
     *
     * @return whether new files are in use
     */
    synchronized boolean reloadIfChanged() {
        String before = seen;
        seen = fingerprint();
        if (seen.equals(known) || !seen.equals(before)) {
            return false;
        }
        try {
            reload();
            LOG.info("the certificate files have changed; new connections use them");
            return true;
        } catch (HttpServerException e) {
            LOG.warn(
                    "the certificate files have changed and cannot be used; the ones before stay in use: {}",
                    e.getMessage());
            return false;
        }
    }

    private String fingerprint() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Path file : Stream.of(tls.cert(), tls.key(), tls.clientCa())
                    .filter(path -> path != null)
                    .toList()) {
                try {
                    digest.update(Files.readAllBytes(file));
                } catch (IOException e) {
                    digest.update((byte) 0);
                }
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** For the client port. It asks for client certificates if {@code tls.client_ca} is set. */
    SslContext forClients() {
        return current.clients();
    }

    /** For the admin API, which has its own tokens and does not ask for client certificates. */
    public SslContext forAdmin() {
        return current.admin();
    }

    /** The certificate authority that clients must trust if {@code tls.dev} is set; otherwise null. */
    @Nullable
    Path developmentCa() {
        return developmentCa;
    }
}
