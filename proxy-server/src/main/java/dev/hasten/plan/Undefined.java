package dev.hasten.plan;

/** JavaScript's undefined: a binding or field that is not there. In an answer it leaves its field out. */
enum Undefined {
    UNDEFINED
}
