package dev.hasten.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import dev.hasten.fuzz.FuzzServer.Reply;
import dev.hasten.testing.DataProxyClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.JsonNode;

/** Any change of what clients send, in all protocols, gets a response that clients understand. */
public final class RequestBodyFuzz {
    private static final String SCHEMA = """
            datasource db {
              provider = "postgresql"
              url      = env("DATABASE_URL")
            }
            generator client {
              provider = "prisma-client-js"
            }
            model User {
              id         Int      @id @default(autoincrement())
              email      String   @unique
              name       String
              age        Int
              created_at DateTime @default(now())
              posts      Post[]
              @@map("hasten_bench_user")
            }
            model Post {
              id         Int      @id @default(autoincrement())
              title      String
              body       String
              published  Boolean  @default(false)
              views      Int      @default(0)
              created_at DateTime @default(now())
              author     User     @relation(fields: [author_id], references: [id])
              author_id  Int
              @@map("hasten_bench_post")
            }
            """;

    private static final String[] TABLES = {
        "CREATE TABLE hasten_bench_user (id serial PRIMARY KEY, email text NOT NULL UNIQUE, name text NOT NULL,"
                + " age integer NOT NULL, created_at timestamp(3) NOT NULL DEFAULT now())",
        "CREATE TABLE hasten_bench_post (id serial PRIMARY KEY, title text NOT NULL, body text NOT NULL,"
                + " published boolean NOT NULL DEFAULT false, views integer NOT NULL DEFAULT 0, created_at timestamp(3) NOT"
                + " NULL DEFAULT now(), author_id integer NOT NULL REFERENCES hasten_bench_user)",
        "CREATE TABLE hasten_bench_event (id serial PRIMARY KEY, kind text NOT NULL, note text NOT NULL,"
                + " created_at timestamp(3) NOT NULL DEFAULT now(), user_id integer NOT NULL REFERENCES hasten_bench_user)",
        "INSERT INTO hasten_bench_user (email, name, age) SELECT 'e' || n, 'n', n FROM generate_series(1, 5) n",
        "INSERT INTO hasten_bench_post (title, body, author_id) SELECT 't', 'b', n FROM generate_series(1, 5) n",
        "GRANT ALL ON ALL TABLES IN SCHEMA public TO app",
        "GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO app",
    };

    private static final FuzzServer SERVER = FuzzServer.start(TABLES);
    private static final DataProxyClient PROXY =
            new DataProxyClient(SERVER.server().client(), "6.19.0", SCHEMA);
    /** Requests of real clients. */
    private static final List<JsonNode> SEEDS = lines("requests.jsonl");

    private static long number;

    static {
        PROXY.upload();
    }

    private RequestBodyFuzz() {}

    /** Requests: one object per line. */
    private static List<JsonNode> lines(String name) {
        try (InputStream file = RequestBodyFuzz.class.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(file).readAllBytes(), UTF_8)
                    .lines()
                    .map(JsonMutator::read)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Called by Jazzer before its time limit begins. Loads this class, which starts the server, and sends requests that
     * once had a wrong response, so that such a defect is found however little time there is.
     */
    public static void fuzzerInitialize() {
        for (JsonNode seed : lines("past-defects.jsonl")) {
            send(seed, JsonMutator.text(seed.get("body")).getBytes(UTF_8));
        }
    }

    /** Called by Jazzer. */
    public static void fuzzerTestOneInput(FuzzedDataProvider data) {
        JsonNode seed = SEEDS.get(data.consumeInt(0, SEEDS.size() - 1));
        byte[] body = JsonMutator.mutate(seed.get("body"), data).getBytes(UTF_8);
        for (byte replacement : data.consumeBytes(2)) {
            body[data.consumeInt(0, body.length - 1)] = replacement;
        }
        send(seed, body);
    }

    private static void send(JsonNode seed, byte[] body) {
        String path = seed.get("path").stringValue().replace("/6.19.0/SCHEMA", PROXY.base());
        String[] headers = seed.path("headers")
                .propertyStream()
                .map(header -> header.getKey() + ": " + header.getValue().stringValue())
                .toArray(String[]::new);
        Reply reply;
        try {
            reply = SERVER.post(path, body, headers);
        } catch (IllegalStateException e) {
            String text = new String(body, UTF_8);
            throw new IllegalStateException(path + " " + text.substring(0, Math.min(text.length(), 2000)), e);
        }
        if (path.endsWith("/transaction/start") && reply.status() == 200) {
            // It would hold the only connection.
            String id = JsonMutator.read(reply.body()).get("id").stringValue();
            SERVER.post("/transaction/" + id + "/rollback", new byte[0]);
        }
        SERVER.requireIdle(++number);
    }
}
