package dev.hasten.plan;

import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.plan.PlanValue;
import dev.hasten.protocol.value.DateFormatException;
import dev.hasten.protocol.value.Generators;
import dev.hasten.protocol.value.JsDates;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The variables that are visible to a node, and the evaluation of its values. Inner scopes see the outer ones. */
final class Bindings {
    private final @Nullable Bindings outer;
    private final Map<String, @Nullable Object> values;
    private final Generators generators;
    private final Budget budget;

    /** Creates the outermost bindings, which have the parameters of the request. */
    Bindings(Map<String, PlanValue> parameters, Generators generators, Budget budget) {
        this.budget = budget;
        this.outer = null;
        this.values = new HashMap<>(parameters);
        this.generators = generators;
    }

    private Bindings(Bindings outer) {
        this.outer = outer;
        this.values = new HashMap<>();
        this.generators = outer.generators;
        this.budget = outer.budget;
    }

    Budget budget() {
        return budget;
    }

    Bindings inner() {
        return new Bindings(this);
    }

    void bind(String name, @Nullable Object value) {
        values.put(name, value);
    }

    /** Returns the value of a name, or {@link Undefined} if it is not bound. */
    @Nullable
    Object get(String name) {
        for (Bindings level = this; level != null; level = level.outer) {
            if (level.values.containsKey(name)) {
                Object value = level.values.get(name);
                return value instanceof PlanValue parameter ? evaluate(parameter) : value;
            }
        }
        return Undefined.UNDEFINED;
    }

    @Nullable
    Object evaluate(PlanValue value) {
        return switch (value) {
            case PlanValue.Constant constant -> constant.value();
            case PlanValue.Placeholder placeholder -> placeholder(placeholder);
            case PlanValue.GeneratorCall call -> generated(call);
            case PlanValue.ListOf list -> evaluateAll(list.elements());
        };
    }

    private Object generated(PlanValue.GeneratorCall call) {
        List<@Nullable Object> arguments = evaluateAll(call.arguments());
        if (call.name().equals("product")) {
            long size = 1;
            for (Object argument : arguments) {
                size *= argument instanceof List<?> list ? list.size() : 1;
            }
            // The product is a list of pairs, and each pair is a list.
            budget.elements(3 * size);
        }
        try {
            return generators.call(call.name(), arguments);
        } catch (IllegalArgumentException e) {
            throw new PlanFailure("Generator `" + call.name() + "`: " + e.getMessage());
        }
    }

    private List<@Nullable Object> evaluateAll(List<PlanValue> list) {
        budget.elements(list.size());
        List<@Nullable Object> results = new ArrayList<>(list.size());
        for (PlanValue value : list) {
            results.add(evaluate(value));
        }
        return results;
    }

    private @Nullable Object placeholder(PlanValue.Placeholder placeholder) {
        budget.enter();
        try {
            Object found = get(placeholder.name());
            if (found == Undefined.UNDEFINED) {
                throw new PlanFailure("Missing value for query variable " + placeholder.name());
            }
            if (found instanceof SeveralRows several) {
                throw several.failure();
            }
            // A DateTime must equal the same point in time from the database, even if that is written differently.
            return placeholder.type().equals("DateTime") && found instanceof String text ? date(text) : found;
        } finally {
            budget.leave();
        }
    }

    private DateValue date(String text) {
        budget.checkpoint();
        try {
            return new DateValue(JsDates.parseMillis(text));
        } catch (DateFormatException e) {
            throw ApiError.badRequest("A parameter of type DateTime must be a date in ISO 8601 format");
        }
    }
}
