package dev.hasten.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hasten.files.PrivateFiles;
import io.netty.handler.ssl.SslContext;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.CertificateBuilder.KeyUsage;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * TLS for development: a local certificate authority that is trusted once, and a certificate for localhost, 127.0.0.1
 * and ::1. Clients that require https can then connect to the local server.
 *
 * @param caPem the authority's certificate, for clients to trust
 * @param context the TLS context of a server for localhost
 */
public record DevCertificates(Path caPem, SslContext context) {
    private static final Duration CA_LIFETIME = Duration.ofDays(3650);
    private static final Duration LEAF_LIFETIME = Duration.ofDays(365);
    /** Certificates are renewed this long before they expire, because they are checked only when the server starts. */
    private static final Duration MARGIN = Duration.ofDays(90);
    /**
     * Certificates are valid from this long before now, because clocks of containers and virtual machines may be slow.
     */
    private static final Duration BACKDATED = Duration.ofDays(1);

    /**
     * Loads the certificates from a directory and creates those that are missing or about to expire: {@code ca.pem},
     * {@code ca-key.pem}, {@code localhost.pem}, {@code localhost-key.pem}. Private keys are readable only by their
     * owner. The authority is valid for ten years, so that it needs to be trusted only once.
     *
     * @throws HttpServerException if a file or directory cannot be read, used or written; the message contains its path
     */
    public static DevCertificates ensure(Path directory) {
        return ensure(directory, Clock.systemUTC());
    }

    static DevCertificates ensure(Path directory, Clock clock) {
        Path caPem = directory.resolve("ca.pem");
        Path caKey = directory.resolve("ca-key.pem");
        Path leafPem = directory.resolve("localhost.pem");
        Path leafKey = directory.resolve("localhost-key.pem");
        Instant now = clock.instant();
        try {
            createDirectory(directory);
            if (!isUsable(caPem, caKey, now)) {
                X509Bundle authority = newAuthority(now);
                PrivateFiles.replace(caKey, authority.getPrivateKeyPEM().getBytes(UTF_8));
                Files.writeString(caPem, authority.getCertificatePEM());
            }
            X509Certificate ca = PemFiles.certificates(caPem).getFirst();
            if (!isUsable(leafPem, leafKey, now)
                    || !isIssuedBy(PemFiles.certificates(leafPem).getFirst(), ca)) {
                KeyPair pair = new KeyPair(ca.getPublicKey(), PemFiles.privateKey(caKey));
                X509Bundle leaf = newLeaf(X509Bundle.fromRootCertificateAuthority(ca, pair), now);
                PrivateFiles.replace(leafKey, leaf.getPrivateKeyPEM().getBytes(UTF_8));
                Files.writeString(leafPem, leaf.getCertificatePEM());
            }
        } catch (IOException e) {
            throw new HttpServerException(
                    "The development certificates in " + directory + " cannot be read or written: " + e.getMessage(),
                    e);
        }
        return new DevCertificates(caPem, TlsContexts.fromPem(leafPem, leafKey, null));
    }

    private static boolean isUsable(Path pem, Path key, Instant now) {
        if (!Files.exists(pem) || !Files.exists(key)) {
            return false;
        }
        X509Certificate certificate = PemFiles.certificates(pem).getFirst();
        return now.plus(MARGIN).isBefore(certificate.getNotAfter().toInstant())
                && PemFiles.belongTogether(PemFiles.privateKey(key), certificate);
    }

    private static boolean isIssuedBy(X509Certificate leaf, X509Certificate ca) {
        try {
            leaf.verify(ca.getPublicKey());
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static X509Bundle newAuthority(Instant now) {
        CertificateBuilder builder = new CertificateBuilder()
                .ecp256()
                .subject("CN=Hasten development CA")
                .notBefore(now.minus(BACKDATED))
                .notAfter(now.plus(CA_LIFETIME))
                .setIsCertificateAuthority(true)
                .setKeyUsage(true, KeyUsage.keyCertSign, KeyUsage.cRLSign);
        try {
            return builder.buildSelfSigned();
        } catch (Exception e) { // Netty declares Exception; the JDK's providers may throw anything.
            throw new HttpServerException("The development CA cannot be created", e);
        }
    }

    private static X509Bundle newLeaf(X509Bundle authority, Instant now) {
        CertificateBuilder builder = new CertificateBuilder()
                .ecp256()
                .subject("CN=localhost")
                .notBefore(now.minus(BACKDATED))
                .notAfter(now.plus(LEAF_LIFETIME))
                .addSanDnsName("localhost")
                .addSanIpAddress("127.0.0.1")
                .addSanIpAddress("::1")
                .setKeyUsage(true, KeyUsage.digitalSignature)
                .addExtendedKeyUsageServerAuth();
        try {
            return builder.buildIssuedBy(authority);
        } catch (Exception e) { // Netty declares Exception; the JDK's providers may throw anything.
            throw new HttpServerException("The development certificate for localhost cannot be created", e);
        }
    }

    private static void createDirectory(Path directory) throws IOException {
        try {
            PrivateFiles.createDirectories(directory);
        } catch (FileAlreadyExistsException e) {
            throw new HttpServerException(
                    "The development certificates cannot be stored: " + directory
                            + " is not a directory; delete it or change state_dir",
                    e);
        }
    }
}
