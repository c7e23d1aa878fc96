/** HTML reports. */
@NullMarked
package dev.hasten.bench.report;

import org.jspecify.annotations.NullMarked;
