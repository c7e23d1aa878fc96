package dev.hasten.plan;

import dev.hasten.protocol.plan.PlanValue;
import dev.hasten.protocol.value.Generators;
import dev.hasten.protocol.value.JsDates;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The bindings that a node sees, and what its values evaluate to. Inner scopes see the outer ones. */
final class Scope {
    private final @Nullable Scope outer;
    private final Map<String, @Nullable Object> bindings;
    private final Generators generators;

    /** The outermost scope: the parameters of the request. */
    Scope(Map<String, PlanValue> parameters, Generators generators) {
        this.outer = null;
        this.bindings = new HashMap<>(parameters);
        this.generators = generators;
    }

    private Scope(Scope outer) {
        this.outer = outer;
        this.bindings = new HashMap<>();
        this.generators = outer.generators;
    }

    Scope inner() {
        return new Scope(this);
    }

    void bind(String name, @Nullable Object value) {
        bindings.put(name, value);
    }

    /** The value of a name, {@link Undefined} when it is not bound. */
    @Nullable
    Object get(String name) {
        for (Scope scope = this; scope != null; scope = scope.outer) {
            if (scope.bindings.containsKey(name)) {
                Object value = scope.bindings.get(name);
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
            case PlanValue.GeneratorCall call -> generators.call(call.name(), evaluateAll(call.arguments()));
            case PlanValue.ListOf list -> evaluateAll(list.elements());
        };
    }

    private List<@Nullable Object> evaluateAll(List<PlanValue> values) {
        List<@Nullable Object> results = new ArrayList<>(values.size());
        for (PlanValue value : values) {
            results.add(evaluate(value));
        }
        return results;
    }

    private @Nullable Object placeholder(PlanValue.Placeholder placeholder) {
        Object found = get(placeholder.name());
        if (found == Undefined.UNDEFINED) {
            throw new PlanFailure("Missing value for query variable " + placeholder.name());
        }
        // A moment must compare equal to the same moment from the database, however either is written.
        return placeholder.type().equals("DateTime") && found instanceof String text
                ? new DateValue(JsDates.parseMillis(text))
                : found;
    }
}
