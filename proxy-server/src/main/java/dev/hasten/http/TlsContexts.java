package dev.hasten.http;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** TLS for servers: versions 1.3 and 1.2; ALPN offers only {@code http/1.1}. */
public final class TlsContexts {
    private static final String LOCALHOST = "localhost";

    private TlsContexts() {}

    /**
     * Returns the name for which clients trust a certificate: localhost if it is one of the names, otherwise the first one
     * without a wildcard; localhost if there is none.
     *
     * @param certificate file with the server's certificate
     * @throws HttpServerException if the file cannot be read
     */
    public static String serverName(Path certificate) {
        List<String> names =
                PemFiles.dnsNames(PemFiles.certificates(certificate).getFirst());
        return names.contains(LOCALHOST)
                ? LOCALHOST
                : names.stream().filter(name -> !name.contains("*")).findFirst().orElse(LOCALHOST);
    }

    /**
     * Creates a context from PEM files.
     *
     * @param certificate file with the server's certificate, followed by the intermediate certificates
     * @param key file with its private key, unencrypted, in PKCS#8 or traditional format
     * @param clientAuthorities file with the authorities whose certificates clients may present; null if clients are not asked
     *     for one. A client without a certificate is accepted: see {@link Exchange#hasClientCertificate}
     * @throws HttpServerException if a file cannot be read or used, or if the key does not belong to the certificate;
     *     the message contains the paths
     */
    public static SslContext fromPem(Path certificate, Path key, @Nullable Path clientAuthorities) {
        List<X509Certificate> chain = PemFiles.certificates(certificate);
        PrivateKey privateKey = PemFiles.privateKey(key);
        if (!PemFiles.belongTogether(privateKey, chain.getFirst())) {
            throw new HttpServerException(
                    "The key file " + key + " does not match the certificate file " + certificate);
        }
        try {
            SslContextBuilder builder = SslContextBuilder.forServer(privateKey, chain);
            if (clientAuthorities != null) {
                builder.clientAuth(ClientAuth.OPTIONAL).trustManager(PemFiles.certificates(clientAuthorities));
            }
            return builder.sslProvider(SslProvider.JDK)
                    .protocols("TLSv1.3", "TLSv1.2")
                    .applicationProtocolConfig(new ApplicationProtocolConfig(
                            Protocol.ALPN,
                            SelectorFailureBehavior.NO_ADVERTISE,
                            SelectedListenerFailureBehavior.ACCEPT,
                            ApplicationProtocolNames.HTTP_1_1))
                    .build();
        } catch (SSLException | IllegalArgumentException e) {
            throw new HttpServerException(
                    "TLS cannot use the certificate file " + certificate + " with the key file " + key + ": "
                            + e.getMessage(),
                    e);
        }
    }
}
