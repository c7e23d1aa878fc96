package dev.hasten.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hasten.testing.Client.Reply;
import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;

/** A small client of the data proxy protocol, with one schema. */
public final class DataProxyClient {
    private final Client client;
    private final String base64;
    private final String base;

    /** Creates a client of a version. */
    public DataProxyClient(Client client, String version, String schema) {
        this.client = client;
        this.base64 = Base64.getEncoder().encodeToString(schema.getBytes(UTF_8));
        this.base = "/" + version + "/" + hash(base64);
    }

    private static String hash(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns the path with version and schema. */
    public String base() {
        return base;
    }

    /** Uploads the schema. */
    public Reply upload() {
        return client.call("PUT", base + "/schema", base64);
    }

    /** Sends a query or a batch. */
    public Reply graphql(String body) {
        return client.post(base + "/graphql", body);
    }

    /** Sends a query with cache headers. */
    public Reply graphql(String body, String cacheControl) {
        return graphql(body, Map.of("cache-control", cacheControl));
    }

    /** Sends a query or a batch with headers. */
    public Reply graphql(String body, Map<String, String> headers) {
        return post(base + "/graphql", body, headers);
    }

    /** Sends a POST request with headers. */
    public Reply post(String path, String body, Map<String, String> headers) {
        return client.post(path, body.getBytes(UTF_8), headers);
    }

    /** Starts a transaction and returns the path of its calls. */
    public String start(String options) {
        Reply reply = client.post(base + "/transaction/start", options);
        if (reply.status() != 200) {
            throw new AssertionError("no transaction: " + reply);
        }
        return URI.create(reply.json().get("data-proxy").get("endpoint").stringValue())
                .getPath();
    }

    /** Sends a POST request. */
    public Reply post(String path, String body) {
        return client.post(path, body);
    }
}
