package dev.hasten.plan;

/** A parameter of type DateTime. Prisma creates a JavaScript Date, so that values compare as points in time. */
record DateValue(long epochMillis) {}
