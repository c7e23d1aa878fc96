package dev.hasten.plan;

import dev.hasten.json.JsonBuffer;
import org.jspecify.annotations.Nullable;

/** The result of a data map: a part of the response that is already written as JSON. */
record JsonFragment(JsonBuffer json) {

    void writeTo(JsonBuffer out) {
        json.copyTo(out);
    }

    /** Parses the JSON, for the rare plans that use the result of a data map. */
    @Nullable
    Object parse(Budget budget) {
        return JsValues.parseJson(json.toString(), budget.parsing());
    }
}
