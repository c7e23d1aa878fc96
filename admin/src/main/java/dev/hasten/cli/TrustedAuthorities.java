package dev.hasten.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Certificate authorities from a PEM file, which a client trusts instead of Java's own trust store. */
final class TrustedAuthorities {
    private TrustedAuthorities() {}

    /**
     * Creates a TLS context for clients that trust only these authorities.
     *
     * @throws IOException if the file cannot be read or contains no certificate; the message contains its path
     */
    static SSLContext context(Path file) throws IOException {
        Collection<? extends Certificate> certificates;
        try (InputStream in = Files.newInputStream(file)) {
            certificates = CertificateFactory.getInstance("X.509").generateCertificates(in);
        } catch (IOException | GeneralSecurityException e) {
            throw new IOException(
                    "the file " + file + " cannot be read as PEM certificates: "
                            + (e instanceof NoSuchFileException ? "file not found" : e.getMessage()),
                    e);
        }
        if (certificates.isEmpty()) {
            throw new IOException("the file " + file + " contains no PEM certificate");
        }
        try {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            for (Certificate certificate : certificates) {
                trusted.setCertificateEntry("ca-" + trusted.size(), certificate);
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, factory.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("the certificates in " + file + " cannot be used (" + e + ")", e);
        }
    }
}
