package dev.hasten.protocol.value;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The generator functions of Prisma's query plans. Use one instance per request, because {@code now} is frozen at its
 * first use. Not thread-safe. State shared by all requests is in the thread-safe {@link GeneratorState}.
 */
public final class Generators {
    /** Maximum length of a nanoid; Prisma schemas allow 2 to 255. */
    public static final int MAX_NANOID_LENGTH = 4096;

    private static final int DEFAULT_NANOID_LENGTH = 21;

    private final Clock clock;
    private final RandomGenerator random;
    private final GeneratorState state;
    private @Nullable String now;

    /**
     * Creates generators for one request.
     *
     * @param random source of unguessable identifiers; must be a {@code SecureRandom} except in tests
     */
    public Generators(Clock clock, RandomGenerator random, GeneratorState state) {
        this.clock = clock;
        this.random = random;
        this.state = state;
    }

    /**
     * Calls a generator: {@code now}, {@code uuid} 4 or 7, {@code cuid} 1 or 2, {@code ulid}, {@code nanoid} with an
     * optional length up to {@link #MAX_NANOID_LENGTH}, {@code product} of two values or lists. Arguments beyond those
     * are ignored.
     *
     * @return a String, or for {@code product} a List of two-element lists
     * @throws IllegalArgumentException for unknown names and invalid arguments, with the text of Prisma's executor
     */
    public Object call(String name, List<? extends @Nullable Object> args) {
        return switch (name) {
            case "now" -> now();
            case "uuid" -> uuid(args);
            case "cuid" -> cuid(args);
            case "ulid" -> RandomIds.ulid(clock.millis(), random);
            case "nanoid" -> RandomIds.nanoid(nanoidLength(args), random);
            case "product" -> product(args);
            default -> throw new IllegalArgumentException("Encountered an unknown generator '" + name + "'");
        };
    }

    private String now() {
        String frozen = now;
        if (frozen == null) {
            frozen = JsDates.toIso(clock.millis());
            now = frozen;
        }
        return frozen;
    }

    private String uuid(List<? extends @Nullable Object> args) {
        return switch (integer(args)) {
            case 4 -> RandomIds.uuid4(random);
            case 7 -> state.uuid7(clock.millis(), random);
            default -> throw new IllegalArgumentException("Invalid UUID generator arguments");
        };
    }

    private String cuid(List<? extends @Nullable Object> args) {
        return switch (integer(args)) {
            case 1 -> state.cuid1(clock.millis(), random);
            case 2 -> state.cuid2(clock.millis(), random);
            default -> throw new IllegalArgumentException("Invalid CUID generator arguments");
        };
    }

    private static int nanoidLength(List<? extends @Nullable Object> args) {
        int length = args.isEmpty() ? DEFAULT_NANOID_LENGTH : integer(args);
        if (length < 0 || length > MAX_NANOID_LENGTH) {
            throw new IllegalArgumentException("Invalid Nanoid generator arguments");
        }
        return length;
    }

    /** The first argument if it is a whole number, otherwise -1, which no generator accepts. */
    private static int integer(List<? extends @Nullable Object> args) {
        if (args.isEmpty() || !(args.getFirst() instanceof Number number)) {
            return -1;
        }
        double value = number.doubleValue();
        return value == (int) value ? (int) value : -1;
    }

    private static List<List<@Nullable Object>> product(List<? extends @Nullable Object> args) {
        if (args.size() < 2) {
            throw new IllegalArgumentException("Invalid Product generator arguments");
        }
        Object left = args.get(0);
        Object right = args.get(1);
        List<?> lefts = left instanceof List<?> list ? list : Collections.singletonList(left);
        List<?> rights = right instanceof List<?> list ? list : Collections.singletonList(right);
        List<List<@Nullable Object>> pairs = new ArrayList<>(lefts.size() * rights.size());
        for (Object l : lefts) {
            for (Object r : rights) {
                pairs.add(Arrays.asList(l, r));
            }
        }
        return pairs;
    }
}
