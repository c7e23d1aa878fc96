package dev.hasten.bench.scenario;

import dev.hasten.bench.http.Response;
import dev.hasten.bench.http.Values;
import dev.hasten.bench.load.Outbox;
import dev.hasten.bench.load.Outcome;
import dev.hasten.bench.load.Script;
import java.util.List;
import java.util.random.RandomGenerator;

/** Mostly reads and some writes. If reads are cached, a write also invalidates what it changed. */
final class ReadsAndWrites implements Script {
    static final List<String> KINDS = List.of("read", "write");

    private static final int WRITES_OF_100 = 10;
    private static final Outcome READ = new Outcome.Done(0);
    private static final Outcome WRITTEN = new Outcome.Done(1);

    private final Step read;
    private final List<Step> write;
    private final Picker picker;
    private final RandomGenerator random;
    private final Values values = new Values();
    private boolean writes;
    private int current;

    /** @param write a write and the steps that must follow it */
    ReadsAndWrites(Step read, List<Step> write, Picker picker, RandomGenerator random) {
        this.read = read;
        this.write = write;
        this.picker = picker;
        this.random = random;
    }

    @Override
    public void begin(Outbox out) {
        picker.pick(values, random);
        writes = random.nextInt(100) < WRITES_OF_100;
        current = 0;
        out.send((writes ? write.getFirst() : read).request(), values);
    }

    @Override
    public Outcome responded(Response response, Outbox out) {
        if (!writes) {
            return read.judge(response, values, READ);
        }
        Outcome outcome = write.get(current).judge(response, values, WRITTEN);
        if (outcome instanceof Outcome.Failed || ++current == write.size()) {
            return outcome;
        }
        out.send(write.get(current).request(), values);
        return Outcome.MORE;
    }
}
