package dev.hasten.postgres;

/** What is checked before a statement is sent, which depends on who wrote it. */
public enum StatementPolicy {
    /** Written by Prisma's query compiler or by Hasten: correct, so its parameters are not checked. */
    TRUSTED,
    /** SQL of an app. May be several statements if it has no parameters. */
    CLIENT_SCRIPT,
    /** SQL of an app that must be one statement, and not COPY. */
    CLIENT_STATEMENT
}
