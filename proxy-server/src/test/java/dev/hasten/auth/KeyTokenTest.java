package dev.hasten.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hasten.config.KeyScope;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.MethodRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyTokenTest {
    private static final int MANY = 20_000;

    private final SecureRandom random = new SecureRandom();

    @Test
    void tokenIsAPrefixTheIdAndASecret() {
        KeyToken token = KeyToken.random(random);
        assertThat(token.text()).matches("hasten_[a-km-np-z2-9]{8}_[0-9A-Za-z]{32}");
        assertThat(token.text()).startsWith("hasten_" + token.id() + "_");
        assertThat(KeyToken.isId(token.id())).isTrue();
    }

    @Test
    void secretHasAtLeast128RandomBits() {
        Set<String> secrets = new HashSet<>();
        Set<Integer> symbols = new TreeSet<>();
        int[][] counts = new int[32][128];
        for (int i = 0; i < MANY; i++) {
            String text = KeyToken.random(random).text();
            String secret = text.substring(text.lastIndexOf('_') + 1);
            secrets.add(secret);
            symbols.addAll(secret.chars().boxed().collect(Collectors.toSet()));
            for (int place = 0; place < secret.length(); place++) {
                counts[place][secret.charAt(place)]++;
            }
        }
        assertThat(secrets).hasSize(MANY);
        assertThat(symbols).hasSize(62);
        double bits = Arrays.stream(counts).mapToDouble(KeyTokenTest::entropy).sum();
        // 32 * log2(62) = 190.5; the estimate from this number of tokens is less than 0.1 bits lower.
        assertThat(bits).isBetween(190.0, 190.6);
    }

    /** Returns the observed entropy of one position in bits. */
    private static double entropy(int[] counts) {
        return Arrays.stream(counts)
                .filter(count -> count > 0)
                .mapToDouble(count -> (double) count / MANY)
                .map(share -> -share * Math.log(share) / Math.log(2))
                .sum();
    }

    @Test
    void secretsAreMaskedWhenPrinted() {
        KeyToken token = KeyToken.random(random);
        String secret = token.text().substring(token.text().lastIndexOf('_') + 1);
        ApiKey key = new ApiKey(token.id(), "app", "main", KeyScope.DEFAULT, null, null, ApiKey.Source.FILE);
        TokenDigest digest = TokenDigest.of(token.text().getBytes(StandardCharsets.UTF_8));
        assertThat(token.toString()).contains(token.id()).doesNotContain(secret);
        assertThat(new CreatedKey(key, token.text()).toString())
                .contains(token.id())
                .doesNotContain(secret);
        assertThat(new StoredKey(key, digest).toString()).doesNotContain(digest.hex());
    }

    @Test
    void digestIsTheSha256OfTheWholeToken() {
        TokenDigest digest = TokenDigest.of("abc".getBytes(StandardCharsets.UTF_8));
        // The example in FIPS 180-2, appendix B.1.
        assertThat(digest.hex()).isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assertThat(TokenDigest.parse(digest.hex())).isEqualTo(digest).hasSameHashCodeAs(digest);
        assertThat(TokenDigest.of("abd".getBytes(StandardCharsets.UTF_8))).isNotEqualTo(digest);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "00", "zz7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"})
    void digestIsNotParsedFromAnythingElse(String text) {
        assertThatThrownBy(() -> TokenDigest.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void digestsAreComparedInConstantTime() throws Exception {
        Path classes = Path.of(
                        TokenDigest.class.getResource("TokenDigest.class").toURI())
                .getParent();
        assertThat(calls(classes.resolve("TokenDigest.class"))).contains("java/security/MessageDigest.isEqual");
        try (Stream<Path> files = Files.list(classes)) {
            assertThat(files.flatMap(file -> calls(file).stream()))
                    .doesNotContain("java/util/Arrays.equals", "java/util/Arrays.compare", "java/util/Arrays.mismatch");
        }
    }

    /** Returns the methods that a class file refers to. */
    private static Set<String> calls(Path classFile) {
        try {
            Set<String> calls = new HashSet<>();
            for (PoolEntry entry : ClassFile.of().parse(classFile).constantPool()) {
                if (entry instanceof MethodRefEntry method) {
                    calls.add(method.owner().asInternalName() + "."
                            + method.name().stringValue());
                }
            }
            return calls;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
