/** Transactions: those of one request on a pooled connection, and interactive ones that span several requests. */
@NullMarked
package dev.hasten.transaction;

import org.jspecify.annotations.NullMarked;
