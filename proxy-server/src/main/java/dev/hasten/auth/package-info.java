/** API keys: which clients may access which database. Every request is checked by {@link dev.hasten.auth.ApiKeys}. */
@NullMarked
package dev.hasten.auth;

import org.jspecify.annotations.NullMarked;
