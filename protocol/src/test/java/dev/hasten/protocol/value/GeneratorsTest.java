package dev.hasten.protocol.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GeneratorsTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:25:46.747Z");

    private final AtomicLong millis = new AtomicLong(NOW.toEpochMilli());
    private final InstantSource source = () -> Instant.ofEpochMilli(millis.get());
    private final Clock clock = source.withZone(ZoneOffset.UTC);
    private final Random random = new Random(5);
    private final GeneratorState state = new GeneratorState(random, "db-host-1", 4242);
    private final Generators generators = new Generators(clock, random, state);

    @Test
    void nowIsFrozenPerRequest() {
        assertThat(generators.call("now", List.of())).isEqualTo("2026-11-22T12:25:46.747Z");
        millis.addAndGet(5000);
        assertThat(generators.call("now", List.of())).isEqualTo("2026-11-22T12:25:46.747Z");
        assertThat(new Generators(clock, random, state).call("now", List.of())).isEqualTo("2026-11-22T12:25:51.747Z");
    }

    @Test
    void uuid4IsRandomOfTheRightVersion() {
        Set<Object> seen = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            String text = text("uuid", 4);
            UUID uuid = UUID.fromString(text);
            assertThat(uuid).hasToString(text);
            assertThat(uuid.version()).isEqualTo(4);
            assertThat(uuid.variant()).isEqualTo(2);
            assertThat(seen.add(text)).isTrue();
        }
    }

    @Test
    void uuid7ContainsTheTimeAndAscendsEvenIfTheClockGoesBackwards() {
        String previous = "";
        for (int i = 0; i < 10_000; i++) {
            String text = text("uuid", 7);
            UUID uuid = UUID.fromString(text);
            assertThat(uuid.version()).isEqualTo(7);
            assertThat(uuid.variant()).isEqualTo(2);
            assertThat(text).isGreaterThan(previous);
            previous = text;
            millis.addAndGet(random.nextInt(10) == 0 ? random.nextInt(7) - 3 : 0);
        }
        millis.set(NOW.plus(Duration.ofDays(1)).toEpochMilli());
        assertThat(UUID.fromString(text("uuid", 7)).getMostSignificantBits() >>> 16)
                .isEqualTo(millis.get());
    }

    @Test
    void uuid7HasTheLayoutOfTheUuidPackage() {
        byte[] randomness = new byte[16];
        Arrays.fill(randomness, (byte) 0xff);
        assertThat(RandomIds.uuid7(0x0123456789abL, 0x12345678, randomness))
                .isEqualTo("01234567-89ab-7123-9159-e3ffffffffff");
    }

    @Test
    void cuid1IsTimeCounterFingerprintAndRandomness() {
        String time = Long.toString(NOW.toEpochMilli(), 36);
        assertThat(text("cuid", 1)).matches("c" + time + "0000" + "9u" + "n0" + "[0-9a-z]{8}");
        assertThat(text("cuid", 1)).matches("c" + time + "0001" + "9u" + "n0" + "[0-9a-z]{8}");
    }

    @Test
    void cuid1CounterWrapsAfterFourDigits() {
        assertThat(Cuids.cuid1(0, 1_679_615, "fpfp", random))
                .startsWith("c0zzzzfpfp")
                .hasSize(18);
    }

    @Test
    void cuid2IsALetterAndAHash() {
        Set<Object> seen = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            String text = text("cuid", 2);
            assertThat(text).matches("[a-z][0-9a-z]{23}");
            assertThat(seen.add(text)).isTrue();
        }
    }

    @Test
    void cuid2HashesAsThePackageDoes() {
        Reference.forEach(
                "cuid2-hash",
                (input, expected) -> assertThat(Cuids.hash(input.stringValue())).isEqualTo(expected.stringValue()));
    }

    @Test
    void ulidIsCrockfordTimeAndRandomness() {
        assertThat((String) generators.call("ulid", List.of())).matches("01M81KGEZV[0-9A-HJKMNP-TV-Z]{16}");
        assertThat(RandomIds.ulid(0xffff_ffff_ffffL, random)).startsWith("7ZZZZZZZZZ");
    }

    @Test
    void nanoidHasTheRequestedLength() {
        assertThat((String) generators.call("nanoid", List.of())).matches("[A-Za-z0-9_-]{21}");
        assertThat(text("nanoid", 5)).matches("[A-Za-z0-9_-]{5}");
        assertThat(text("nanoid", 7.0)).hasSize(7);
        assertThat(text("nanoid", 0)).isEmpty();
        assertThat(text("nanoid", 4096)).hasSize(4096);
        Set<Integer> letters = new HashSet<>();
        text("nanoid", 4096).chars().forEach(letters::add);
        assertThat(letters).hasSize(64);
    }

    @Test
    void productPairsListsAndScalars() {
        assertThat(generators.call("product", List.of(List.of(1, 2), List.of("a", "b"))))
                .isEqualTo(List.of(List.of(1, "a"), List.of(1, "b"), List.of(2, "a"), List.of(2, "b")));
        assertThat(generators.call("product", List.of(List.of(1, 2), "a")))
                .isEqualTo(List.of(List.of(1, "a"), List.of(2, "a")));
        assertThat(generators.call("product", List.of(1, List.of("a", "b"))))
                .isEqualTo(List.of(List.of(1, "a"), List.of(1, "b")));
        assertThat(generators.call("product", List.of(1, "a"))).isEqualTo(List.of(List.of(1, "a")));
        assertThat(generators.call("product", List.of(List.of(), List.of(1)))).isEqualTo(List.of());
        assertThat(generators.call("product", Arrays.asList(null, List.of(1))))
                .isEqualTo(List.of(Arrays.asList(null, 1)));
        assertThat(generators.call("product", List.of(List.of(List.of(1)), 2)))
                .isEqualTo(List.of(List.of(List.of(1), 2)));
    }

    @ParameterizedTest
    @CsvSource({
        "uuid, 5, Invalid UUID generator arguments",
        "uuid, , Invalid UUID generator arguments",
        "cuid, 3, Invalid CUID generator arguments",
        "cuid, 1.5, Invalid CUID generator arguments",
        "nanoid, , Invalid Nanoid generator arguments",
        "nanoid, -1, Invalid Nanoid generator arguments",
        "nanoid, 4097, Invalid Nanoid generator arguments",
        "nanoid, 1e300, Invalid Nanoid generator arguments",
        "product, 1, Invalid Product generator arguments",
        "toString, 1, Encountered an unknown generator 'toString'",
    })
    void otherCallsFailWithTheMessageOfTheExecutor(String name, @Nullable Double argument, String message) {
        assertThatThrownBy(() -> generators.call(name, Arrays.asList(argument)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void missingAndTextArgumentsAlsoFail() {
        for (String name : List.of("uuid", "cuid", "product")) {
            assertThatThrownBy(() -> generators.call(name, List.of())).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> generators.call("uuid", List.of("4"))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void requestsOnManyThreadsNeverShareAnId() {
        Set<Object> seen = ConcurrentHashMap.newKeySet();
        int threads = 8;
        int calls = 2000;
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Runnable> tasks = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                Generators own = new Generators(clock, random, state);
                tasks.add(() -> {
                    for (int call = 0; call < calls; call++) {
                        seen.add(own.call("uuid", List.of(7)));
                        seen.add(own.call("cuid", List.of(1)));
                        seen.add(own.call("cuid", List.of(2)));
                    }
                });
            }
            tasks.forEach(executor::execute);
        }
        assertThat(seen).hasSize(threads * calls * 3);
    }

    private String text(String name, Object argument) {
        return (String) generators.call(name, List.of(argument));
    }
}
