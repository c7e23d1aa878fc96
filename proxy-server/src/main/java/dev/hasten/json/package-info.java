/** Writing JSON: {@link dev.hasten.json.JsonBuffer}. */
@NullMarked
package dev.hasten.json;

import org.jspecify.annotations.NullMarked;
