/** Assembles the server from its components. */
@NullMarked
package dev.hasten.server;

import org.jspecify.annotations.NullMarked;
