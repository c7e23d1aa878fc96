/** Tests of the admin API. */
@NullMarked
package dev.hasten.admin;

import org.jspecify.annotations.NullMarked;
