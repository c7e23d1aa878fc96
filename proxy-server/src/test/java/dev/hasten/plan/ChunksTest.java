package dev.hasten.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.hasten.deadline.Cancellation;
import dev.hasten.protocol.ApiError;
import dev.hasten.protocol.ParseMeter;
import dev.hasten.protocol.plan.DbQuery.Fragment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A statement with too many parameters is split at its longest list. The expected pieces are those of
 * {@code @prisma/client-engine-runtime} 7.10.
 */
final class ChunksTest {
    /** One letter for each fragment: a parameter, a tuple, a list of tuples or a text between them. */
    private static List<Fragment> fragments(String letters) {
        return letters.chars()
                .mapToObj(letter -> switch (letter) {
                    case 'p' -> new Fragment.Parameter();
                    case 't' -> new Fragment.ParameterTuple("", ",", "");
                    case 'l' -> new Fragment.ParameterTupleList("(", ",", ")", ",");
                    default -> (Fragment) new Fragment.Text(" ");
                })
                .toList();
    }

    private static String pieces(String fragments, String arguments, int maxParameters, int chunkParameters) {
        return JsValues.stringify(Chunks.of(
                fragments(fragments),
                JsValues.asList(JsValues.parseJson(arguments, ParseMeter.NONE)),
                maxParameters,
                chunkParameters,
                new Budget(new Cancellation())));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "t    | [[1,2,3,4,5]]           | 2 | [[[1,2]],[[3,4]],[[5]]]",
                "pt   | [9,[1,2,3]]             | 3 | [[9,[1,2]],[9,[3]]]",
                "ptp  | [8,[1,2,3],9]           | 4 | [[8,[1,2],9],[8,[3],9]]",
                "t-t  | [[1,2,3],[4]]           | 3 | [[[1,2],[4]],[[3],[4]]]",
                "l    | [[[1,2],[3,4],[5,6]]]   | 4 | [[[[1,2],[3,4]]],[[[5,6]]]]",
                "pl   | [9,[[1,2],[3,4]]]       | 3 | [[9,[[1,2]]],[9,[[3,4]]]]",
                "tl   | [[1],[[1,2],[3,4]]]     | 3 | [[[1],[[1,2]]],[[1],[[3,4]]]]",
                "lt   | [[[1,2],[3,4]],[1]]     | 3 | [[[[1,2]],[1]],[[[3,4]],[1]]]",
                "tl   | [[1,2,3,4],[[5,6]]]     | 4 | [[[1,2],[[5,6]]],[[3,4],[[5,6]]]]",
                "pt   | [[1,2],[3,4,5]]         | 2 | [[[1,2],[3]],[[1,2],[4]],[[1,2],[5]]]",
            })
    void longestListIsSplitAndTheOthersAreRepeated(String fragments, String arguments, int limit, String pieces) {
        assertThat(pieces(fragments, arguments, limit, limit)).isEqualTo(pieces);
    }

    @Test
    void onlyTheFirstDivisibleOneOfTheLongestListsIsSplit() {
        assertThat(pieces("tt", "[[1,2],[3,4]]", 3, 3)).isEqualTo("[[[1],[3,4]],[[2],[3,4]]]");
        assertThat(pieces("ll", "[[[1,2]],[[3],[4]]]", 3, 3)).isEqualTo("[[[[1,2]],[[3]]],[[[1,2]],[[4]]]]");
    }

    @Test
    void tupleIsNeverTornApart() {
        assertThat(pieces("l", "[[[1,2],[3,4],[5,6]]]", 5, 5)).isEqualTo("[[[[1,2],[3,4]]],[[[5,6]]]]");
        assertThat(pieces("l", "[[[1],[2,3],[4]]]", 2, 2)).isEqualTo("[[[[1]]],[[[2,3]]],[[[4]]]]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "t    | [[1,2]]        | 2",
                "t    | [7]            | 1",
                "t    | [[]]           | 1",
                "pppt | [1,2,3,[4]]    | 4",
                "p    | [[1,2,3]]      | 1",
                "-    | []             | 0",
            })
    void statementThatFitsIsNotSplit(String fragments, String arguments, int limit) {
        assertThat(pieces(fragments, arguments, limit, limit)).isEqualTo("[" + arguments + "]");
    }

    /** The statement then fails, because PostgreSQL does not accept it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tt   | [[1,2],[3,4]]  | 2",
                "l    | [[[1,2,3]]]    | 2",
                "pppt | [1,2,3,[4,5]]  | 3",
            })
    void statementIsNotSplitIfThatDoesNotHelp(String fragments, String arguments, int limit) {
        assertThat(pieces(fragments, arguments, limit, limit)).isEqualTo("[" + arguments + "]");
    }

    /** Prisma's local engine splits earlier than PostgreSQL requires; a split statement gets pieces of the same size. */
    @Test
    void piecesHaveALimitOfTheirOwn() {
        assertThat(pieces("t", "[[1,2,3,4,5]]", 5, 2)).isEqualTo("[[[1,2,3,4,5]]]");
        assertThat(pieces("t", "[[1,2,3,4,5,6]]", 5, 4)).isEqualTo("[[[1,2,3,4]],[[5,6]]]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pt | [1]       | Malformed query template. Fragments attempt to read over 1 parameters.",
                "l  | [1]       | Malformed query template. Tuple list expected.",
                "l  | [[]]      | Malformed query template. Tuple list cannot be empty.",
                "l  | [[1]]     | Malformed query template. Tuple expected.",
                "l  | [[[1],2]] | Malformed query template. Tuple expected.",
            })
    void malformedTemplateIsRejected(String fragments, String arguments, String error) {
        assertThatThrownBy(() -> pieces(fragments, arguments, 10, 10))
                .isInstanceOf(PlanFailure.class)
                .hasMessage(error);
    }

    /** Repeating many other arguments for each of many pieces could take any amount of memory. */
    @Test
    void piecesCountAgainstTheBudget() {
        String many = "p".repeat(3000) + "t";
        List<Object> arguments = new ArrayList<>(Collections.nCopies(3000, 1L));
        arguments.add(Collections.nCopies(3000, 1L));
        ApiError error = catchThrowableOfType(
                ApiError.class,
                () -> Chunks.of(fragments(many), arguments, 3001, 3001, new Budget(new Cancellation())));
        assertThat(error.code()).isEqualTo("P6009");
    }
}
