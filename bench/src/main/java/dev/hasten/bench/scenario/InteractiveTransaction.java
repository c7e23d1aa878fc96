package dev.hasten.bench.scenario;

import dev.hasten.bench.http.Response;
import dev.hasten.bench.http.Values;
import dev.hasten.bench.load.Outbox;
import dev.hasten.bench.load.Outcome;
import dev.hasten.bench.load.Script;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An operation of several requests in one transaction: start, statements, commit. */
final class InteractiveTransaction implements Script {
    private static final Pattern ID = Pattern.compile("\"id\":\"([^\"]+)\"");

    private final List<Step> steps;
    private final Picker picker;
    private final RandomGenerator random;
    private final Values values = new Values();
    private int current;

    /** @param steps the first starts the transaction, the last commits it */
    InteractiveTransaction(List<Step> steps, Picker picker, RandomGenerator random) {
        this.steps = steps;
        this.picker = picker;
        this.random = random;
    }

    @Override
    public void begin(Outbox out) {
        picker.pick(values, random);
        current = 0;
        out.send(steps.getFirst().request(), values);
    }

    @Override
    public Outcome responded(Response response, Outbox out) {
        Outcome outcome = steps.get(current).judge(response, values, Outcome.MORE);
        if (outcome instanceof Outcome.Failed) {
            // The server ends the transaction when it times out.
            return outcome;
        }
        if (current == 0) {
            Matcher id = ID.matcher(response.start());
            if (!id.find()) {
                return new Outcome.Failed("a transaction without an id");
            }
            values.setTransaction(id.group(1));
        }
        current++;
        if (current == steps.size()) {
            return Outcome.DONE;
        }
        out.send(steps.get(current).request(), values);
        return Outcome.MORE;
    }
}
