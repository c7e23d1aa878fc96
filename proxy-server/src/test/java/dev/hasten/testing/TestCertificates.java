package dev.hasten.testing;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.CertificateBuilder.KeyUsage;
import io.netty.pkitesting.X509Bundle;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Instant;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** A certificate authority for tests. */
public final class TestCertificates {
    private static final char[] NO_PASSWORD = {};

    private final X509Bundle authority;

    private TestCertificates(X509Bundle authority) {
        this.authority = authority;
    }

    /** Creates an authority and writes its certificate to a PEM file. */
    public static TestCertificates authority(String name, Path file) throws Exception {
        X509Bundle bundle = builder("CN=" + name)
                .setIsCertificateAuthority(true)
                .setKeyUsage(true, KeyUsage.keyCertSign, KeyUsage.cRLSign)
                .buildSelfSigned();
        Files.writeString(file, bundle.getCertificatePEM());
        return new TestCertificates(bundle);
    }

    private static CertificateBuilder builder(String subject) {
        Instant now = Instant.now();
        return new CertificateBuilder()
                .ecp256()
                .subject(subject)
                .notBefore(now.minusSeconds(60))
                .notAfter(now.plusSeconds(3600));
    }

    /** Issues a certificate for localhost and writes it and its key to PEM files. */
    public void issueServer(Path certificate, Path key) throws Exception {
        X509Bundle leaf = builder("CN=localhost")
                .addSanDnsName("localhost")
                .setKeyUsage(true, KeyUsage.digitalSignature)
                .addExtendedKeyUsageServerAuth()
                .buildIssuedBy(authority);
        Files.writeString(certificate, leaf.getCertificatePathPEM());
        Files.writeString(key, leaf.getPrivateKeyPEM());
    }

    /**
     * Returns the TLS settings of a client.
     *
     * @param trusted PEM file with the authority of servers
     * @param issuer issues the certificate of the client; null if it has none
     */
    public static SSLContext clientContext(Path trusted, @Nullable TestCertificates issuer) throws Exception {
        KeyStore authorities = KeyStore.getInstance(KeyStore.getDefaultType());
        authorities.load(null, null);
        authorities.setCertificateEntry(
                "ca",
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(Files.readAllBytes(trusted))));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(authorities);
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        KeyStore own = KeyStore.getInstance(KeyStore.getDefaultType());
        own.load(null, null);
        if (issuer != null) {
            X509Bundle leaf = builder("CN=client")
                    .setKeyUsage(true, KeyUsage.digitalSignature)
                    .addExtendedKeyUsageClientAuth()
                    .buildIssuedBy(issuer.authority);
            own.setKeyEntry("client", leaf.getKeyPair().getPrivate(), NO_PASSWORD, leaf.getCertificatePath());
        }
        keys.init(own, NO_PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }
}
