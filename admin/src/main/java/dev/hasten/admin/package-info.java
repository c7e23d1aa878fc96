/** The admin API: what an operator can see and change while the server runs. The routes are in {@link AdminApi}. */
@NullMarked
package dev.hasten.admin;

import org.jspecify.annotations.NullMarked;
