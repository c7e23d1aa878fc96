package dev.hasten.cli;

import dev.hasten.cli.ServerPort.AdminPort;
import java.io.IOException;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;

/** Calls of the admin API of the server that was started with the configuration of a command. */
final class AdminConnection implements AutoCloseable {
    private final AdminPort port;
    private final ServerClient client;

    private AdminConnection(AdminPort port) {
        this.port = port;
        this.client = new ServerClient(port.trusted());
    }

    /**
     * Finds the server.
     *
     * @throws ServerClientException if no server has been started with the configuration
     * @throws IOException if the token or certificate cannot be read
     */
    static AdminConnection open(ConfigOptions options, CommandLine command) throws IOException, ServerClientException {
        return new AdminConnection(AdminPorts.of(options.load(command), command));
    }

    /** Sends a GET request; see {@link ServerClient#get}. */
    JsonNode get(String path) throws ServerClientException, InterruptedException {
        return client.get(port, path);
    }

    /** Sends a POST request; see {@link ServerClient#post}. */
    JsonNode post(String path, String body) throws ServerClientException, InterruptedException {
        return client.post(port, path, body);
    }

    /** The URL of the admin API. */
    String url() {
        return port.server().toString();
    }

    @Override
    public void close() {
        client.close();
    }
}
