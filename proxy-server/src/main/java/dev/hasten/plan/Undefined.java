package dev.hasten.plan;

/** JavaScript's undefined: the value of a missing variable or field. The response omits fields with this value. */
enum Undefined {
    UNDEFINED
}
