/** The scenarios: requests and their expected responses. */
@NullMarked
package dev.hasten.bench.scenario;

import org.jspecify.annotations.NullMarked;
