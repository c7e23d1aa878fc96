package dev.hasten.bench.scenario;

import dev.hasten.bench.http.Response;
import dev.hasten.bench.http.Values;
import dev.hasten.bench.load.Outbox;
import dev.hasten.bench.load.Outcome;
import dev.hasten.bench.load.Script;
import java.util.random.RandomGenerator;

/** An operation of one request. */
final class OneRequest implements Script {
    private final Step step;
    private final Picker picker;
    private final RandomGenerator random;
    private final Values values = new Values();

    OneRequest(Step step, Picker picker, RandomGenerator random) {
        this.step = step;
        this.picker = picker;
        this.random = random;
    }

    @Override
    public void begin(Outbox out) {
        picker.pick(values, random);
        out.send(step.request(), values);
    }

    @Override
    public Outcome responded(Response response, Outbox out) {
        return step.judge(response, values, Outcome.DONE);
    }
}
