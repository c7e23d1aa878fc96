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

/** The bindings that a node sees, and what its values evaluate to. Inner scopes see the outer ones. */
final class Bindings {
    private final @Nullable Bindings outer;
    private final Map<String, @Nullable Object> bindings;
    private final Generators generators;
    private final Budget budget;

    /** The outermost bindings: the parameters of the request. */
    Bindings(Map<String, PlanValue> parameters, Generators generators, Budget budget) {
        this.budget = budget;
        this.outer = null;
        this.bindings = new HashMap<>(parameters);
        this.generators = generators;
    }

    private Bindings(Bindings outer) {
        this.outer = outer;
        this.bindings = new HashMap<>();
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
        bindings.put(name, value);
    }

    /** The value of a name, {@link Undefined} when it is not bound. */
    @Nullable
    Object get(String name) {
        for (Bindings bindings = this; bindings != null; bindings = bindings.outer) {
            if (bindings.bindings.containsKey(name)) {
                Object value = bindings.bindings.get(name);
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
            // Pairs, each a list of its own.
            budget.elements(3 * size);
        }
        try {
            return generators.call(call.name(), arguments);
        } catch (IllegalArgumentException e) {
            throw new PlanFailure("Generator `" + call.name() + "`: " + e.getMessage());
        }
    }

    private List<@Nullable Object> evaluateAll(List<PlanValue> values) {
        budget.elements(values.size());
        List<@Nullable Object> results = new ArrayList<>(values.size());
        for (PlanValue value : values) {
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
            // A moment must compare equal to the same moment from the database, however either is written.
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
