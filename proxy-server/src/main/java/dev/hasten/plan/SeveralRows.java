package dev.hasten.plan;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The value of a {@code unique} node that found several rows. With {@code relationMode = "prisma"}, a plan that deletes or
 * updates several parents of a one-to-one relation looks up all their children in such a node: to require that there are
 * none, or to read the keys of the children that it deletes or updates. For all other nodes, several rows are an error.
 */
record SeveralRows(List<@Nullable Object> rows) {
    int count() {
        return rows.size();
    }

    PlanFailure failure() {
        return new PlanFailure("Expected zero or one element, got " + count());
    }
}
