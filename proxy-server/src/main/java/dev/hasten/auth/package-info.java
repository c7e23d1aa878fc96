/** API keys: who may call, for which database. {@link dev.hasten.auth.ApiKeys} is asked on every request. */
@NullMarked
package dev.hasten.auth;

import org.jspecify.annotations.NullMarked;
