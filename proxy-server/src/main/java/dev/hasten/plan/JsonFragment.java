package dev.hasten.plan;

import dev.hasten.json.JsonBuffer;
import org.jspecify.annotations.Nullable;

/** A part of the answer that is written already: what a data map gives. */
record JsonFragment(JsonBuffer json) {

    void writeTo(JsonBuffer out) {
        json.copyTo(out);
    }

    /** The value again, for the rare plan that looks into what a data map gave. */
    @Nullable
    Object parse(Budget budget) {
        return JsValues.parseJson(json.toString(), budget.parsing());
    }
}
