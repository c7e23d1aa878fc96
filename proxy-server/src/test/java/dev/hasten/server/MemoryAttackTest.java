package dev.hasten.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hasten.testing.Client;
import dev.hasten.testing.Client.Reply;
import dev.hasten.testing.ForkedServer;
import dev.hasten.testing.TestPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * One API key attacks the memory of a server with the default heap. Meanwhile, a bystander queries another database and
 * polls {@code /health}: every one of these requests must return 200.
 */
@Tag("integration")
final class MemoryAttackTest {
    private static final String ATTACKER = "attacker-0123456789-abcdefghijklmnop";
    private static final String BYSTANDER = "bystander-0123456789-abcdefghijklmno";
    /** Minimum number of responses to the bystander during each attack. */
    private static final int ANSWERS = 20;

    @RegisterExtension
    static final TestPostgres POSTGRES = TestPostgres.empty();

    @AutoClose
    private static ForkedServer server;

    private static Client attacker;

    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicInteger responses = new AtomicInteger();
    /** Response times of the bystander. */
    private final List<Long> waitedMicros = new ArrayList<>();

    private @Nullable CompletableFuture<Void> bystander;
    private long endNanos = System.nanoTime();

    @BeforeAll
    static void start() {
        server = ForkedServer.start("""
                databases:
                  attacked:
                    url: %s
                    keys:
                      - {name: attacker, secret: %s}
                  other:
                    url: %s
                    limits: {query_timeout: 1m}
                    keys:
                      - {name: bystander, secret: %s}
                """.formatted(POSTGRES.url(), ATTACKER, POSTGRES.url(), BYSTANDER));
        attacker = server.client(ATTACKER);
    }

    @BeforeEach
    void bystanderComes() {
        Client other = server.client(BYSTANDER);
        bystander = CompletableFuture.runAsync(() -> {
            while (!over.get()) {
                long start = System.nanoTime();
                Reply reply = other.post("/sql", "{\"query\":\"SELECT 1\"}");
                assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
                waitedMicros.add((System.nanoTime() - start) / 1000);
                assertThat(other.get("/health").status()).isEqualTo(200);
                responses.incrementAndGet();
            }
        });
    }

    @AfterEach
    void bystanderWasServed() {
        int before = over.get() ? -ANSWERS : responses.get();
        await().atMost(Duration.ofMinutes(1)).until(() -> bystander().isDone() || responses.get() >= before + ANSWERS);
        over.set(true);
        bystander().join();
        assertThat(server.isAlive()).isTrue();
        // Documented in docs/memory.md: the heap plus 250 MB.
        assertThat(server.residentBytes()).isLessThan((512L + 250) << 20);
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(attacker.post("/sql", "{\"query\":\"SELECT 1\"}")
                                .status())
                        .isEqualTo(200));
    }

    private CompletableFuture<Void> bystander() {
        return java.util.Objects.requireNonNull(bystander);
    }

    /** Repeats the attack until the bystander has received its responses. */
    private boolean goesOn() {
        return (responses.get() < ANSWERS || System.nanoTime() - endNanos < 0)
                && !bystander().isDone();
    }

    private void inParallel(int count, Runnable attack) {
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            CompletableFuture<Void> one = new CompletableFuture<>();
            Thread.startVirtualThread(() -> {
                try {
                    attack.run();
                    one.complete(null);
                } catch (Throwable e) {
                    one.completeExceptionally(e);
                }
            });
            all.add(one);
        }
        all.forEach(CompletableFuture::join);
    }

    private static void refusedOrServed(Reply reply) {
        assertThat(reply.status()).as(reply.toString()).isIn(200, 400, 413, 422, 429, 503, 507);
    }

    @Test
    void millionsOfTinyValues() {
        String values = "[],".repeat(5_200_000) + "[]";
        byte[] manyParameters = ("{\"query\":\"select 1\",\"params\":[" + values + "]}").getBytes(UTF_8);
        byte[] largeParameter = ("{\"query\":\"select 1\",\"params\":[[" + values + "]]}").getBytes(UTF_8);
        inParallel(8, () -> {
            do {
                refusedOrServed(attacker.post("/sql", manyParameters, Map.of()));
                refusedOrServed(attacker.post("/sql", largeParameter, Map.of()));
            } while (goesOn());
        });
    }

    private static Socket connected(String head) {
        try {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
            socket.getOutputStream().write(head.getBytes(UTF_8));
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String head(String line, String more) {
        return line + " HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer " + ATTACKER + "\r\n" + more + "\r\n";
    }

    @Test
    void largeBodiesThatArriveSlowly() {
        byte[] piece = " ".repeat(256 << 10).getBytes(UTF_8);
        String head = head("POST /sql", "Content-Type: application/json\r\nContent-Length: 16000000\r\n");
        inParallel(200, () -> {
            try (Socket socket = connected(head)) {
                for (int sent = 0; sent < 50 && goesOn(); sent++) {
                    socket.getOutputStream().write(piece);
                }
                while (goesOn() && socket.getInputStream().read() >= 0) {
                    // The rejection.
                }
            } catch (IOException | UncheckedIOException e) {
                // Rejected; the server closed the connection because the client kept sending.
            }
        });
    }

    @Test
    void oneCachedResponseThatManyClientsRequestAndNoneReads() {
        String query = "{\"query\":\"SELECT repeat('x', 3900000)\",\"cacheStrategy\":{\"ttl\":600}}";
        refusedOrServed(attacker.post("/sql", query));
        String request =
                head("POST /sql", "Content-Type: application/json\r\nContent-Length: " + query.length() + "\r\n")
                        + query;
        List<Socket> readers = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            readers.add(connected(request));
        }
        await().atMost(Duration.ofHours(1)).until(() -> !goesOn());
        for (Socket reader : readers) {
            try {
                reader.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Run it by hand for longer: {@code -Dhasten.attack.minutes=10}. */
    @Test
    @EnabledIfSystemProperty(named = "hasten.attack.minutes", matches = "\\d+")
    void allAtOnce() {
        Duration time = Duration.ofMinutes(Long.getLong("hasten.attack.minutes"));
        endNanos = System.nanoTime() + time.toNanos();
        List<Runnable> attacks = List.of(
                this::millionsOfTinyValues,
                this::largeBodiesThatArriveSlowly,
                this::oneCachedResponseThatManyClientsRequestAndNoneReads,
                this::resultsOfManySmallRows);
        AtomicInteger next = new AtomicInteger();
        inParallel(attacks.size(), () -> {
            Runnable attack = attacks.get(next.getAndIncrement());
            while (goesOn()) {
                attack.run();
            }
        });
        over.set(true);
        bystander().join();
        List<Long> sorted = waitedMicros.stream().sorted().toList();
        System.out.printf(
                "%d minutes: bystander had %d answers; p50 %d, p99 %d, longest %d ms; resident %d MB%n",
                time.toMinutes(),
                sorted.size(),
                sorted.get(sorted.size() / 2) / 1000,
                sorted.get(sorted.size() * 99 / 100) / 1000,
                sorted.getLast() / 1000,
                server.residentBytes() >> 20);
    }

    @Test
    void resultsOfManySmallRows() {
        inParallel(20, () -> {
            do {
                refusedOrServed(attacker.post("/sql", "{\"query\":\"select 1 a from generate_series(1,1500000)\"}"));
            } while (goesOn());
        });
    }
}
