package dev.hasten.cli;

/**
 * What a server has done.
 *
 * @param schemaEpoch since its start
 * @param database its name, or words for it on the port of the clients, which does not tell names
 */
record SchemaHookAnswer(long schemaEpoch, String database) {}
