package dev.hasten.plan;

import static dev.hasten.postgres.Results.INT4;
import static dev.hasten.postgres.Results.TEXT;
import static dev.hasten.postgres.Results.column;
import static dev.hasten.postgres.Results.columns;
import static dev.hasten.postgres.Results.row;
import static dev.hasten.postgres.Results.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.hasten.deadline.Cancellation;
import dev.hasten.memory.MemoryBudget;
import dev.hasten.memory.MemoryExhaustedException;
import dev.hasten.memory.MemoryUse;
import dev.hasten.plan.Records.KeyCast;
import dev.hasten.protocol.ApiError;
import dev.hasten.testing.Plans;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Records of a plan: rows from PostgreSQL that the plan reads and modifies, and objects that it creates. */
final class RowTest {
    private final Cancellation cancellation = new Cancellation();

    private RowSet users() {
        return new RowSet(
                columns(column("id", INT4), column("name", TEXT)),
                rows(row("1", "Ann"), row("2", null)),
                new Budget(cancellation));
    }

    @Test
    void columnsAreDecodedWhenRead() {
        Row first = (Row) users().records().get(0);
        assertThat(first.get("id")).isEqualTo(1L);
        assertThat(first.get("name")).isEqualTo("Ann");
        assertThat(first.get("age")).isEqualTo(Undefined.UNDEFINED);
        assertThat(Records.get(users().records().get(1), "name")).isNull();
    }

    @Test
    void addedAndReplacedFieldsKeepTheirOrder() {
        RowSet set = users();
        Object first = set.records().get(0);
        Records.set(first, "posts", List.of());
        Records.set(first, "id", "one");
        Records.set(first, "age", 7L);
        Records.set(first, "posts", List.of(1L));
        assertThat(JsValues.stringify(set))
                .isEqualTo("[{\"id\":\"one\",\"name\":\"Ann\",\"posts\":[1],\"age\":7},{\"id\":2,\"name\":null}]");
        assertThat(Records.get(set.records().get(1), "age")).isEqualTo(Undefined.UNDEFINED);
    }

    @Test
    void rowsWithTheSameAddedFieldsShareTheirShape() {
        List<Object> records = users().records();
        records.forEach(record -> Records.set(record, "posts", null));
        assertThat(((Row) records.get(0)).shape()).isSameAs(((Row) records.get(1)).shape());
    }

    @Test
    void numberOfAddedFieldsIsLimited() {
        Object record = users().records().get(0);
        for (int i = 0; i < 500; i++) {
            Records.set(record, "field" + i, 1L);
        }
        Records.set(record, "field0", 2L);
        ApiError error = catchThrowableOfType(ApiError.class, () -> Records.set(record, "one more", 1L));
        assertThat(error.status()).isEqualTo(422);
        assertThat(error.code()).isEqualTo("P6009");
        assertThat(error.text())
                .isEqualTo(
                        "The query plan exceeds the limit of 500 added fields per record. Split the query into smaller ones");
    }

    @Test
    void recordsReplaceTheRowsOnce() {
        RowSet set = users();
        assertThat(set.hasRecords()).isFalse();
        assertThat(set.size()).isEqualTo(2);
        List<Object> records = set.records();
        assertThat(set.hasRecords()).isTrue();
        assertThat(set.rows().isEmpty()).isTrue();
        assertThat(set.size()).isEqualTo(2);
        assertThat(set.records()).isSameAs(records);
    }

    @Test
    void resultWithoutRowsIsEmpty() {
        RowSet none = new RowSet(columns(column("id", INT4)), rows(), new Budget(cancellation));
        assertThat(JsValues.isEmpty(none)).isTrue();
        assertThat(JsValues.isEmpty(users())).isFalse();
    }

    @Test
    void recordsTakeTheMemoryOfTheRowsTheyReplace() {
        String[][] many = new String[2000][];
        Arrays.fill(many, row("1", "x"));
        MemoryBudget small = new MemoryBudget(64 << 10, List.of("default"));
        RowSet tooLarge = new RowSet(
                columns(column("id", INT4), column("name", TEXT)),
                rows(many),
                new Budget(new Cancellation(small.open("default", "key"))));
        assertThatThrownBy(tooLarge::records).isInstanceOf(MemoryExhaustedException.class);

        RowSet fits =
                new RowSet(columns(column("id", INT4), column("name", TEXT)), rows(many), new Budget(cancellation));
        assertThat(fits.records()).hasSize(2000);
        assertThat(cancellation.memory().heldBytes(MemoryUse.RESULTS)).isZero();
    }

    @Test
    void objectsAreRecordsToo() {
        Map<String, Object> object = Plans.object("a", 1L);
        Records.set(object, "b", null);
        assertThat(Records.get(object, "a")).isEqualTo(1L);
        assertThat(Records.get(object, "b")).isNull();
        assertThat(Records.get(object, "c")).isEqualTo(Undefined.UNDEFINED);
        assertThat(Records.isRecord(object)).isTrue();
        assertThat(Records.isRecord(List.of())).isFalse();
        assertThatThrownBy(() -> Records.get(1L, "a"))
                .isInstanceOf(PlanFailure.class)
                .hasMessage("Expected object, got number");
        assertThatThrownBy(() -> Records.set(null, "a", 1L))
                .isInstanceOf(PlanFailure.class)
                .hasMessage("Expected object, got object");
    }

    @Test
    void keyIsEqualForEqualFields() {
        List<String> fields = List.of("a", "b");
        assertThat(Records.key(Plans.object("a", 1L, "b", null, "c", 2L), fields, null))
                .isEqualTo("[1,null]");
        assertThat(Records.key(Plans.object("a", "1", "b", "x,\"y"), fields, null))
                .isEqualTo("[\"1\",\"x,\\\"y\"]");
    }

    @Test
    void joinKeyIsCastToTheTypeOfTheParent() {
        Map<String, ?> child = Plans.object("n", "07", "s", 7L, "t", 0L, "e", "", "null", null);
        assertThat(key(child, "n", KeyCast.NUMBER)).isEqualTo("[7]");
        assertThat(key(child, "s", KeyCast.STRING)).isEqualTo("[\"7\"]");
        assertThat(key(child, "t", KeyCast.BOOLEAN)).isEqualTo("[false]");
        assertThat(key(child, "n", KeyCast.BOOLEAN)).isEqualTo("[true]");
        assertThat(key(child, "e", KeyCast.BOOLEAN)).isEqualTo("[false]");
        assertThat(key(child, "null", KeyCast.STRING)).isEqualTo("[null]");
    }

    private static String key(Map<String, ?> record, String field, KeyCast cast) {
        return Records.key(record, List.of(field), new KeyCast[] {cast});
    }
}
