package dev.hasten.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.jspecify.annotations.Nullable;

/** Reads certificates and private keys from PEM files. Errors contain the path of the file but never its content. */
final class PemFiles {
    private static final int DNS_NAME = 2;

    private PemFiles() {}

    /**
     * The certificates of a file, in file order; the leaf certificate comes first.
     *
     * @throws HttpServerException if the file cannot be read or contains no certificate
     */
    static List<X509Certificate> certificates(Path file) {
        String pem = read(file, "certificate");
        List<X509Certificate> chain = new ArrayList<>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (Certificate certificate :
                    factory.generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)))) {
                chain.add((X509Certificate) certificate);
            }
        } catch (GeneralSecurityException e) {
            throw new HttpServerException("The certificate file " + file + " is not a PEM certificate chain", e);
        }
        if (chain.isEmpty()) {
            throw new HttpServerException("The certificate file " + file + " contains no PEM certificate");
        }
        return List.copyOf(chain);
    }

    /** The DNS names of a certificate, in their order; empty if it has none (RFC 5280, section 4.2.1.6). */
    static List<String> dnsNames(X509Certificate certificate) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            return names == null
                    ? List.of()
                    : names.stream()
                            .filter(name -> Integer.valueOf(DNS_NAME).equals(name.getFirst()))
                            .map(name -> String.valueOf(name.get(1)))
                            .toList();
        } catch (CertificateParsingException e) {
            return List.of();
        }
    }

    /**
     * The private key of a file, in PKCS#8 or traditional format.
     *
     * @throws HttpServerException if the file cannot be read, or contains no private key or an encrypted one
     */
    static PrivateKey privateKey(Path file) {
        String pem = read(file, "key");
        try (PEMParser parser = new PEMParser(new StringReader(pem))) {
            for (Object object = next(parser); object != null; object = next(parser)) {
                switch (object) {
                    case PrivateKeyInfo info -> {
                        return privateKey(info);
                    }
                    case PEMKeyPair pair -> {
                        return privateKey(pair.getPrivateKeyInfo());
                    }
                    case PKCS8EncryptedPrivateKeyInfo encrypted ->
                        throw new HttpServerException("The key file " + file + " is encrypted; use an unencrypted key");
                    case PEMEncryptedKeyPair encrypted ->
                        throw new HttpServerException("The key file " + file + " is encrypted; use an unencrypted key");
                    // An EC key written by openssl starts with a block of curve parameters.
                    default -> {}
                }
            }
        } catch (IOException | GeneralSecurityException e) {
            throw new HttpServerException("The key file " + file + " does not contain a valid PEM private key", e);
        }
        throw new HttpServerException("The key file " + file + " contains no PEM private key");
    }

    /** Whether the certificate verifies a signature made with the key. */
    static boolean belongTogether(PrivateKey key, X509Certificate certificate) {
        String algorithm = switch (key.getAlgorithm()) {
            case "EC" -> "SHA256withECDSA";
            case "RSA" -> "SHA256withRSA";
            default -> key.getAlgorithm();
        };
        try {
            byte[] sample = {1, 2, 3};
            Signature signer = Signature.getInstance(algorithm);
            signer.initSign(key);
            signer.update(sample);
            Signature verifier = Signature.getInstance(algorithm);
            verifier.initVerify(certificate.getPublicKey());
            verifier.update(sample);
            return verifier.verify(signer.sign());
        } catch (GeneralSecurityException e) {
            // The two keys use different algorithms.
            return false;
        }
    }

    /** The parser throws unchecked exceptions of several kinds if a file is damaged. */
    private static @Nullable Object next(PEMParser parser) throws IOException {
        try {
            return parser.readObject();
        } catch (RuntimeException e) {
            throw new IOException(e);
        }
    }

    private static PrivateKey privateKey(PrivateKeyInfo info) throws IOException, GeneralSecurityException {
        // The JDK's key factories also accept an object identifier as the algorithm name.
        String algorithm = info.getPrivateKeyAlgorithm().getAlgorithm().getId();
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(info.getEncoded()));
    }

    private static String read(Path file, String kind) {
        try {
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            throw new HttpServerException("The " + kind + " file " + file + " is not a PEM text file", e);
        } catch (IOException e) {
            throw new HttpServerException("The " + kind + " file " + file + " cannot be read: " + reason(e), e);
        }
    }

    /** The message of a FileSystemException is usually only the path. */
    private static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException _ -> "file not found";
            case AccessDeniedException _ -> "permission denied";
            default -> String.valueOf(e.getMessage());
        };
    }
}
