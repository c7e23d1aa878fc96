/** The whole server, wired in one place. */
@NullMarked
package dev.hasten.server;

import org.jspecify.annotations.NullMarked;
