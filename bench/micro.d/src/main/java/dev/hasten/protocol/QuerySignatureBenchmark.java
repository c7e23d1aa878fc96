package dev.hasten.protocol;

import dev.hasten.micro.Recorded;
import dev.hasten.protocol.QuerySignature.Member;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The key of a request in the cache: what every request with a cache strategy pays for. */
@State(Scope.Benchmark)
public class QuerySignatureBenchmark {
    private byte[] body = Recorded.FIND_UNIQUE.body();

    @Benchmark
    public QuerySignature findUnique() {
        return QuerySignature.of("", body, Member.COMMENTS);
    }
}
