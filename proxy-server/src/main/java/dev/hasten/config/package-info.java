/** The configuration: immutable records that are read once from YAML, environment variables and flags. */
@NullMarked
package dev.hasten.config;

import org.jspecify.annotations.NullMarked;
