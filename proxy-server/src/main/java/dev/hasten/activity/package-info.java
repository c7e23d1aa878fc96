/** What the server is doing: running requests, where their time goes, and how each of them ended. */
@NullMarked
package dev.hasten.activity;

import org.jspecify.annotations.NullMarked;
