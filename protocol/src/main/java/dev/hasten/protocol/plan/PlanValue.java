package dev.hasten.protocol.plan;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A value in a plan or among its parameters. It may be known only when the plan runs. */
public sealed interface PlanValue {

    /**
     * A constant JSON value: null, Boolean, Long, Double, java.math.BigInteger, String, or a List or Map of
     * such values.
     */
    record Constant(@Nullable Object value) implements PlanValue {}

    /**
     * The value of a parameter or binding.
     *
     * @param type the type declared by the client, such as {@code DateTime}
     */
    record Placeholder(String name, String type) implements PlanValue {}

    /** A value generated when the plan runs, such as a UUID. */
    record GeneratorCall(String name, List<PlanValue> arguments) implements PlanValue {}

    /** A list with at least one element that is not constant. */
    record ListOf(List<PlanValue> elements) implements PlanValue {}
}
