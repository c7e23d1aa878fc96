package dev.hasten.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hasten.config.ApiKeyConfig;
import dev.hasten.config.KeyScope;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.State;

/** Looks up the key of a request among ten keys. */
@State(org.openjdk.jmh.annotations.Scope.Benchmark)
public class ApiKeysBenchmark {
    private final List<String> tokens = tokens(10);
    private final ApiKeys keys = new ApiKeys(Map.of("main", configured(tokens)), null, Clock.systemUTC());
    private String header = "Bearer " + tokens.get(5);

    private static List<String> tokens(int count) {
        SecureRandom random = new SecureRandom();
        List<String> tokens = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            tokens.add(KeyToken.random(random).text());
        }
        return tokens;
    }

    private static List<ApiKeyConfig> configured(List<String> tokens) {
        List<ApiKeyConfig> keys = new ArrayList<>(tokens.size());
        for (String token : tokens) {
            String digest = TokenDigest.of(token.getBytes(UTF_8)).hex();
            keys.add(new ApiKeyConfig("key" + keys.size(), digest, Set.of(KeyScope.PRISMA), null));
        }
        return keys;
    }

    @Benchmark
    public ApiKey authenticate() {
        return keys.authenticate(header);
    }
}
