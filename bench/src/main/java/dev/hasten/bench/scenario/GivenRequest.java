package dev.hasten.bench.scenario;

import dev.hasten.bench.http.Expectation;
import dev.hasten.bench.http.Request;
import dev.hasten.bench.http.Target;
import dev.hasten.bench.load.Shape;
import java.util.SplittableRandom;

/**
 * A request that no scenario has, for servers that do not speak Prisma's protocol. Path and body may have slots.
 *
 * @param headers in addition to those of Prisma Client, each with its line end; may be empty
 * @param highestUser of the ids that are asked for, 1 or more
 * @param start how right answers begin
 * @param shortest right answer, in bytes
 * @param longest right answer, in bytes
 */
public record GivenRequest(
        String path, String headers, String body, int highestUser, String start, int shortest, int longest) {
    /** Load of this request only. */
    public Shape shape(Target target, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Step step = new Step(Request.of(target, path, headers, body), Expectation.of(start, shortest, longest));
        Picker picker = Picker.anyUserUpTo(highestUser);
        return new Shape.Steady(() -> new OneRequest(step, picker, random.split()), 1);
    }
}
