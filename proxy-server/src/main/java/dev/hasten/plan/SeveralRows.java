package dev.hasten.plan;

/**
 * The value of a {@code unique} node that found several rows. Rules may count them: with {@code relationMode =
 * "prisma"}, a plan that deletes several parents of a one-to-one relation looks up all children in a {@code unique} node,
 * only to require that there are none. For all other nodes, several rows are an error.
 */
record SeveralRows(int count) {
    PlanFailure failure() {
        return new PlanFailure("Expected zero or one element, got " + count);
    }
}
