package dev.hasten.bench.scenario;

import dev.hasten.bench.http.Expectation;
import dev.hasten.bench.http.Request;
import dev.hasten.bench.http.Target;
import dev.hasten.bench.load.Shape;
import java.util.SplittableRandom;

/**
 * A custom request, for servers that do not support Prisma's protocol. Path and body may have slots.
 *
 * @param headers headers in addition to those of Prisma Client, each with its line end; may be empty
 * @param highestUser highest requested user id, 1 or more
 * @param start expected start of the response body
 * @param shortest minimum length of the response body in bytes
 * @param longest maximum length of the response body in bytes
 */
public record GivenRequest(
        String path, String headers, String body, int highestUser, String start, int shortest, int longest) {
    /** A load that consists only of this request. */
    public Shape shape(Target target, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Step step = new Step(Request.of(target, path, headers, body), Expectation.of(start, shortest, longest));
        Picker picker = Picker.anyUserUpTo(highestUser);
        return new Shape.Steady(() -> new OneRequest(step, picker, random.split()), 1);
    }
}
