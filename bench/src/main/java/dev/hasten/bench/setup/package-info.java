/** Setup of a run: the tables of the scenarios, and checks of the server and its process. */
@NullMarked
package dev.hasten.bench.setup;

import org.jspecify.annotations.NullMarked;
