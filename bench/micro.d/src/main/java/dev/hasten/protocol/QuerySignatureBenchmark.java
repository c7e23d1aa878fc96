package dev.hasten.protocol;

import dev.hasten.micro.Recorded;
import dev.hasten.protocol.QuerySignature.Member;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The signature of a request, which is computed for every request with a cache strategy. */
@State(Scope.Benchmark)
public class QuerySignatureBenchmark {
    private byte[] body = Recorded.FIND_UNIQUE.body();

    @Benchmark
    public QuerySignature findUnique() {
        return QuerySignature.of("", body, Member.COMMENTS);
    }
}
