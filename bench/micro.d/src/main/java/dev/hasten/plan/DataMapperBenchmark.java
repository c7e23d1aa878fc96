package dev.hasten.plan;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hasten.deadline.Cancellation;
import dev.hasten.json.JsonBuffer;
import dev.hasten.postgres.FixedResults;
import dev.hasten.postgres.StatementResult;
import dev.hasten.protocol.ParseMeter;
import dev.hasten.protocol.QueryRequest.Slice;
import dev.hasten.protocol.RequestParser;
import dev.hasten.protocol.plan.PlanNode;
import dev.hasten.protocol.plan.ResultNode.ObjectNode;
import java.util.Map;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Maps 50 rows to JSON: with all columns, and with columns of a single type. */
@State(Scope.Benchmark)
public class DataMapperBenchmark {
    private static final long RESPONSE_BYTES = 16 << 20;

    private static final byte[] PLAN = """
            {"type":"dataMap","args":{"expr":{"type":"unit"},"structure":{"type":"object","serializedName":null,"fields":{
              "id":{"type":"field","dbName":"id","fieldType":{"arity":"required","type":"int"}},
              "title":{"type":"field","dbName":"title","fieldType":{"arity":"required","type":"string"}},
              "createdAt":{"type":"field","dbName":"created_at","fieldType":{"arity":"required","type":"datetime"}},
              "price":{"type":"field","dbName":"price","fieldType":{"arity":"required","type":"decimal"}}
            },"skipNulls":false},"enums":{}}}""".getBytes(UTF_8);

    private StatementResult result = FixedResults.products();
    private ObjectNode all = structure();
    private ObjectNode ints = only("id");
    private ObjectNode texts = only("title");
    private ObjectNode dateTimes = only("createdAt");
    private ObjectNode decimals = only("price");

    private static ObjectNode structure() {
        PlanNode plan = new RequestParser(1000, 1_000_000).plan(PLAN, new Slice(0, PLAN.length), ParseMeter.NONE);
        return (ObjectNode) ((PlanNode.DataMap) plan).structure();
    }

    private ObjectNode only(String field) {
        return new ObjectNode(
                all.fields().stream()
                        .filter(named -> named.name().equals(field))
                        .toList(),
                null,
                false);
    }

    @Benchmark
    public JsonFragment rows50() {
        return map(all);
    }

    @Benchmark
    public JsonFragment rows50OfInt() {
        return map(ints);
    }

    @Benchmark
    public JsonFragment rows50OfText() {
        return map(texts);
    }

    @Benchmark
    public JsonFragment rows50OfDateTime() {
        return map(dateTimes);
    }

    @Benchmark
    public JsonFragment rows50OfDecimal() {
        return map(decimals);
    }

    private JsonFragment map(ObjectNode structure) {
        Cancellation work = new Cancellation();
        Budget budget = new Budget(work);
        return DataMapper.map(
                new RowSet(result.columns(), result.rows(), budget),
                structure,
                Map.of(),
                new JsonBuffer(RESPONSE_BYTES, 0, work),
                budget);
    }
}
