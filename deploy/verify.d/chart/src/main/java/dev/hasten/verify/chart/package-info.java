/** Part of {@code deploy/verify}: renders the Helm chart by Helm itself, and checks the manifests. */
@NullMarked
package dev.hasten.verify.chart;

import org.jspecify.annotations.NullMarked;
