package dev.hasten.postgres;

import java.io.IOException;
import java.net.Socket;
import java.util.Properties;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGProperty;
import org.postgresql.ssl.DefaultJavaSSLFactory;
import org.postgresql.ssl.LibPQFactory;
import org.postgresql.util.PSQLException;

/**
 * The driver's TLS socket factories, with a {@link ResultMeter} on the decrypted bytes. pgjdbc creates them by name.
 */
final class DatabaseTls {
    private DatabaseTls() {}

    /**
     * The metered counterpart of one of the driver's factories.
     *
     * @param driversFactory name of the class; null for the driver's default
     * @throws IllegalArgumentException if there is no counterpart
     */
    static Class<?> factoryFor(@Nullable String driversFactory) {
        if (driversFactory == null) {
            return LibPq.class;
        }
        if (driversFactory.equals(DefaultJavaSSLFactory.class.getName())) {
            return JavaTrust.class;
        }
        throw new IllegalArgumentException(PGProperty.SSL_FACTORY.getName() + " is not supported: " + driversFactory);
    }

    /** Reads certificates from files, like libpq. */
    public static final class LibPq extends LibPQFactory {
        /** For pgjdbc. */
        public LibPq(Properties properties) throws PSQLException {
            super(properties);
        }

        @Override
        public Socket createSocket(Socket plain, String host, int port, boolean autoClose) throws IOException {
            return metered(super.createSocket(plain, host, port, autoClose));
        }
    }

    /** Trusts the certificates that Java trusts. */
    public static final class JavaTrust extends DefaultJavaSSLFactory {
        /** For pgjdbc. */
        public JavaTrust(Properties properties) {
            super(properties);
        }

        @Override
        public Socket createSocket(Socket plain, String host, int port, boolean autoClose) throws IOException {
            return metered(super.createSocket(plain, host, port, autoClose));
        }
    }

    private static Socket metered(Socket tls) {
        ResultMeter meter = DatabaseSocket.Factory.meter();
        return meter == null ? tls : new DatabaseTlsSocket((SSLSocket) tls, meter);
    }
}
