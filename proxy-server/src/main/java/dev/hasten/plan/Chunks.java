package dev.hasten.plan;

import dev.hasten.protocol.plan.DbQuery.Fragment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Splits the arguments of a statement that has too many of them: the largest list is split into pieces, and all other
 * arguments are repeated for each piece (chunkParams of {@code interpreter/render-query.ts}).
 */
final class Chunks {
    private Chunks() {}

    /**
     * Returns the arguments of each piece. If the arguments fit, or splitting a list does not make them fit, there is
     * one piece with all arguments.
     *
     * @param maxParameters maximum number of parameters of a statement that is not split
     * @param chunkParameters maximum number of parameters of a piece
     */
    static List<List<@Nullable Object>> of(
            List<Fragment> fragments,
            List<@Nullable Object> arguments,
            int maxParameters,
            int chunkParameters,
            Budget budget) {
        int total = 0;
        int largest = 0;
        int index = 0;
        for (Fragment fragment : fragments) {
            if (!(fragment instanceof Fragment.Text)) {
                int size = size(fragment, QueryRenderer.argument(arguments, index++));
                total += size;
                largest = Math.max(largest, size);
            }
        }
        if (total <= maxParameters) {
            return List.of(arguments);
        }
        int room = chunkParameters - (total - largest);
        List<List<@Nullable Object>> chunks = new ArrayList<>();
        chunks.add(new ArrayList<>());
        boolean split = false;
        index = 0;
        for (Fragment fragment : fragments) {
            if (fragment instanceof Fragment.Text) {
                continue;
            }
            Object argument = arguments.get(index++);
            List<Object> pieces = List.of();
            if (!split && room > 0 && size(fragment, argument) == largest) {
                pieces = pieces(fragment, argument, room);
                split = pieces.size() > 1;
            }
            if (pieces.size() > 1) {
                List<List<@Nullable Object>> product = new ArrayList<>();
                budget.elements((long) arguments.size() * pieces.size());
                for (List<@Nullable Object> chunk : chunks) {
                    for (Object piece : pieces) {
                        List<@Nullable Object> extended = new ArrayList<>(chunk);
                        extended.add(piece);
                        product.add(extended);
                    }
                }
                chunks = product;
            } else {
                chunks.forEach(chunk -> chunk.add(argument));
            }
        }
        return chunks;
    }

    /** Returns the tuples of a tuple list. */
    static List<List<@Nullable Object>> tuples(@Nullable Object argument) {
        List<@Nullable Object> elements = JsValues.listOrNull(argument);
        if (elements == null) {
            throw new PlanFailure("Malformed query template. Tuple list expected.");
        }
        if (elements.isEmpty()) {
            throw new PlanFailure("Malformed query template. Tuple list cannot be empty.");
        }
        List<List<@Nullable Object>> tuples = new ArrayList<>(elements.size());
        for (Object element : elements) {
            List<@Nullable Object> tuple = JsValues.listOrNull(element);
            if (tuple == null) {
                throw new PlanFailure("Malformed query template. Tuple expected.");
            }
            tuples.add(tuple);
        }
        return tuples;
    }

    private static int size(Fragment fragment, @Nullable Object argument) {
        return switch (fragment) {
            case Fragment.Text _ -> 0;
            case Fragment.Parameter _ -> 1;
            case Fragment.ParameterTuple _ -> JsValues.asList(argument).size();
            case Fragment.ParameterTupleList _ ->
                tuples(argument).stream().mapToInt(List::size).sum();
        };
    }

    /**
     * Splits a list into pieces of at most {@code room} parameters, unless a single tuple has more: it is never split.
     */
    private static List<Object> pieces(Fragment fragment, @Nullable Object argument, int room) {
        List<Object> pieces = new ArrayList<>();
        List<@Nullable Object> elements = JsValues.asList(argument);
        List<@Nullable Object> piece = new ArrayList<>();
        int used = 0;
        for (Object element : elements) {
            int size = fragment instanceof Fragment.ParameterTupleList
                    ? JsValues.asList(element).size()
                    : 1;
            if (!piece.isEmpty() && used + size > room) {
                pieces.add(piece);
                piece = new ArrayList<>();
                used = 0;
            }
            piece.add(element);
            used += size;
        }
        pieces.add(piece);
        return pieces;
    }
}
