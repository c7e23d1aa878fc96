package dev.hasten.bench.scenario;

import dev.hasten.bench.http.Expectation;
import dev.hasten.bench.http.Request;
import dev.hasten.bench.http.Response;
import dev.hasten.bench.http.Values;
import dev.hasten.bench.load.Outcome;

/**
 * A request and its expected response.
 *
 * @param expected the expected response
 */
record Step(Request request, Expectation expected) {
    /** @param right the outcome if the response is correct */
    Outcome judge(Response response, Values values, Outcome right) {
        String complaint = expected.complaint(response, values);
        return complaint == null ? right : new Outcome.Failed(complaint);
    }
}
