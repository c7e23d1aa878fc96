package dev.hasten.auth;

/**
 * A key with what proves it.
 *
 * @param key what is known about it
 * @param digest of its token
 */
record StoredKey(ApiKey key, TokenDigest digest) {}
