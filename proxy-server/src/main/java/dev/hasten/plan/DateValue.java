package dev.hasten.plan;

/** A moment given as a parameter. The reference makes JavaScript dates of those, so that they compare as moments. */
record DateValue(long epochMillis) {}
