package dev.hasten.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** Clients that only trust the certificate authority of one PEM file. */
final class TlsClients {
    private TlsClients() {}

    static SSLContext context(Path caPem) throws GeneralSecurityException, IOException {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        trusted.setCertificateEntry("ca", PemFiles.certificates(caPem).getFirst());
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }

    static HttpClient http(Path caPem) throws GeneralSecurityException, IOException {
        return HttpClient.newBuilder().sslContext(context(caPem)).build();
    }

    static RawClient raw(HttpServer server, Path caPem) throws GeneralSecurityException, IOException {
        return new RawClient(socket(server, caPem));
    }

    static SSLSocket socket(HttpServer server, Path caPem) throws GeneralSecurityException, IOException {
        SSLSocket socket = (SSLSocket)
                context(caPem).getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), server.port());
        socket.setTcpNoDelay(true);
        return socket;
    }
}
