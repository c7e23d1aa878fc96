/** The configuration: immutable records read once from YAML, environment and flags. */
@NullMarked
package dev.hasten.config;

import org.jspecify.annotations.NullMarked;
