package dev.hasten.prisma;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.postgres.ColumnType;
import dev.hasten.postgres.ColumnType.Kind;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The columns of raw queries have the type names that Prisma's own packages give them. */
final class RawTypeNamesTest {
    private static final List<JsonNode> REFERENCE = PrismaReference.lines("raw-types.jsonl");

    @Test
    void everySupportedTypeHasTheNameOfTheOfficialPackages() {
        Map<Integer, String> expected = new TreeMap<>();
        Map<Integer, String> actual = new TreeMap<>();
        for (JsonNode line : REFERENCE) {
            if (line.get(1).isString()) {
                int oid = line.get(0).intValue();
                ColumnType type = ColumnType.of(oid);
                expected.put(oid, line.get(1).stringValue());
                actual.put(oid, type.kind() == Kind.UNSUPPORTED ? "unsupported" : RawTypeNames.of(type));
            }
        }
        assertThat(actual).isEqualTo(expected).hasSizeGreaterThan(50);
    }

    @Test
    void noOtherBuiltInTypeIsSupported() {
        List<Integer> supported = REFERENCE.stream()
                .filter(line -> line.get(1).isString())
                .map(line -> line.get(0).intValue())
                .filter(oid -> oid < 16384)
                .toList();
        assertThat(IntStream.range(0, 16384).filter(oid -> ColumnType.of(oid).kind() != Kind.UNSUPPORTED))
                .containsExactlyInAnyOrderElementsOf(supported);
    }

    @Test
    void unsupportedTypeHasNoOtherNameThanInTheOfficialPackages() {
        List<JsonNode> named = REFERENCE.stream()
                .filter(line -> line.get(1).has("unsupported"))
                .filter(line ->
                        !ColumnType.of(line.get(0).intValue()).typeName().equals("Unknown"))
                .toList();
        assertThat(named)
                .hasSizeGreaterThan(50)
                .allSatisfy(
                        line -> assertThat(ColumnType.of(line.get(0).intValue()).typeName())
                                .isEqualTo(line.get(1).get("unsupported").stringValue()));
    }
}
