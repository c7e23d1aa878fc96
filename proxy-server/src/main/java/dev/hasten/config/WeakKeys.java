package dev.hasten.config;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Finds API keys and admin tokens in the configuration that are easy to guess. */
final class WeakKeys {
    private static final double MIN_BITS = 128;

    /** The next release rejects shorter keys. */
    private static final int MIN_LENGTH = 16;

    private static final Set<String> ADMIN_TOKENS = Set.of("admin_token", "admin_read_token");

    private WeakKeys() {}

    /** One warning per weak key, without the key itself. */
    static List<String> warnings(ConfigInputs inputs) {
        return inputs.byPath().entrySet().stream()
                .filter(entry -> ADMIN_TOKENS.contains(entry.getKey())
                        || (entry.getKey().startsWith(ConfigKeys.DATABASES)
                                && entry.getKey().endsWith("].secret")))
                .flatMap(entry -> warning(
                                ADMIN_TOKENS.contains(entry.getKey()) ? "admin token" : "API key",
                                String.valueOf(entry.getValue().text()))
                        .map(text -> entry.getKey() + ": " + text))
                .toList();
    }

    private static Stream<String> warning(String noun, String secret) {
        if (secret.length() < MIN_LENGTH) {
            return Stream.of("the " + noun + " is shorter than " + MIN_LENGTH
                    + " characters. The next release rejects it. Use a random one: openssl rand -hex 32");
        }
        return bits(secret) < MIN_BITS
                ? Stream.of("the " + noun
                        + " has fewer than 128 bits of randomness. Use a random one: openssl rand -hex 32")
                : Stream.empty();
    }

    /** An upper bound on the entropy of a text in bits: that of random characters from the same character classes. */
    private static double bits(String secret) {
        // Repeating a text adds no entropy.
        String text = secret.substring(0, (secret + secret).indexOf(secret, 1));
        long different = text.chars().distinct().count();
        int alphabet = 0;
        if (text.chars().allMatch(c -> Character.digit(c, 16) >= 0)) {
            alphabet = text.chars().allMatch(Character::isDigit) ? 10 : 16;
        } else {
            alphabet += text.chars().anyMatch(Character::isDigit) ? 10 : 0;
            alphabet += text.chars().anyMatch(Character::isLowerCase) ? 26 : 0;
            alphabet += text.chars().anyMatch(Character::isUpperCase) ? 26 : 0;
            alphabet += text.chars().allMatch(Character::isLetterOrDigit) ? 0 : 32;
        }
        // A random text of this length contains more different characters.
        return different < text.length() / 8 ? 0 : text.length() * Math.log(alphabet) / Math.log(2);
    }
}
