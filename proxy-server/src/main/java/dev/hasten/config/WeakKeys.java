package dev.hasten.config;

import java.util.List;
import java.util.stream.Stream;

/** Keys of the configuration that can be guessed. */
final class WeakKeys {
    private static final double WANTED_BITS = 128;

    /** Keys that are shorter than this are not accepted by the next release. */
    private static final int WANTED_LENGTH = 16;

    private WeakKeys() {}

    /** What is wrong with them, a line each, without the keys. */
    static List<String> warnings(ConfigInputs inputs) {
        return inputs.byPath().entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(ConfigKeys.DATABASES)
                        && entry.getKey().endsWith("].secret"))
                .flatMap(entry -> warning(entry.getValue().text()).map(text -> entry.getKey() + ": " + text))
                .toList();
    }

    private static Stream<String> warning(String secret) {
        if (secret.length() < WANTED_LENGTH) {
            return Stream.of(
                    "the API key is shorter than " + WANTED_LENGTH
                            + " characters, which is an error from the next release on. Use a random one: openssl rand -hex 32");
        }
        return bits(secret) < WANTED_BITS
                ? Stream.of("the API key has less than 128 bits of randomness. Use a random one: openssl rand -hex 32")
                : Stream.empty();
    }

    /** At most so many bits are in a text: what it has if each character was drawn from those of its kind. */
    private static double bits(String text) {
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
        // A character that is repeated over and over is not drawn at random.
        double drawn = text.length() * Math.log(alphabet) / Math.log(2);
        return different < text.length() / 8 ? 0 : drawn;
    }
}
