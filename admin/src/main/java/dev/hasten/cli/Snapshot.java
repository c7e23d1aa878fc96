package dev.hasten.cli;

import tools.jackson.databind.JsonNode;

/** The state of a server, as the admin API describes it. */
record Snapshot(
        JsonNode status,
        JsonNode live,
        JsonNode pools,
        JsonNode cache,
        JsonNode requests,
        JsonNode insights,
        JsonNode advice) {

    /** Asks the server. */
    static Snapshot of(AdminConnection server) throws ServerClientException, InterruptedException {
        return new Snapshot(
                server.get("/status"),
                server.get("/live?window=5m"),
                server.get("/pools").path("pools"),
                server.get("/cache").path("databases"),
                server.get("/requests").path("requests"),
                server.get("/insights?sort=total&limit=20"),
                server.get("/insights/advice").path("advice"));
    }

    /** The latest point of the series; a missing node if the server has just started. */
    JsonNode latest() {
        JsonNode points = live.path("points");
        return points.path(points.size() - 1);
    }
}
