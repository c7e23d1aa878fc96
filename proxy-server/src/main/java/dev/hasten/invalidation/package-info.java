/** Who tells the cache what has changed: apps, by tag, and whoever migrates a database. */
@NullMarked
package dev.hasten.invalidation;

import org.jspecify.annotations.NullMarked;
