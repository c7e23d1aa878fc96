package dev.hasten.cli;

/**
 * The response of a server.
 *
 * @param schemaEpoch number of schema changes since the server started
 * @param database its name, or a generic description on the client port, which does not reveal names
 */
record SchemaChangeResponse(long schemaEpoch, String database) {}
