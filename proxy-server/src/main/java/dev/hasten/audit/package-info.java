/** The audit log. */
@NullMarked
package dev.hasten.audit;

import org.jspecify.annotations.NullMarked;
