package dev.hasten.auth;

/**
 * A key and the digest of its token.
 *
 * @param key the metadata of the key
 * @param digest the digest of its token
 */
record StoredKey(ApiKey key, TokenDigest digest) {}
