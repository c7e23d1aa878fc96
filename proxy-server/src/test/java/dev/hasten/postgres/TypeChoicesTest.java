package dev.hasten.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.postgres.TypeChoices.Choice;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A session remembers which types worked, in a bounded amount of memory. */
final class TypeChoicesTest {
    private final TypeChoices choices = new TypeChoices();

    @Test
    void leastRecentlyUsedOfMoreThan128TextsIsForgotten() {
        for (int i = 0; i < 128; i++) {
            choices.learn("SELECT " + i, Choice.UNDECLARED);
        }
        assertThat(choices.of("SELECT 0")).isEqualTo(Choice.UNDECLARED);
        choices.learn("SELECT 128", Choice.FIRST);
        assertThat(choices.of("SELECT 0")).isEqualTo(Choice.UNDECLARED);
        assertThat(choices.of("SELECT 1")).isNull();
        assertThat(choices.of("SELECT 128")).isEqualTo(Choice.FIRST);
    }

    @Test
    void textOfMoreThan4096CharactersIsNotRemembered() {
        choices.learn("x".repeat(4096), Choice.ALL);
        choices.learn("x".repeat(4097), Choice.ALL);
        assertThat(choices.of("x".repeat(4096))).isEqualTo(Choice.ALL);
        assertThat(choices.of("x".repeat(4097))).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "FIRST, 42P18, UNDECLARED",
        "FIRST, 42P08, UNDECLARED",
        "FIRST, 42804, UNDECLARED",
        "FIRST, 42725, UNDECLARED",
        "FIRST, 22003, ALL",
        "FIRST, 42883,",
        "FIRST, 23505,",
        "FIRST, ,",
        "UNDECLARED, 42P18,",
        "UNDECLARED, 22003, ALL",
        "ALL, 22003,",
    })
    void otherTypesAreTriedOnlyIfTheyMayPreventTheError(Choice attempt, String state, Choice next) {
        assertThat(TypeChoices.after(attempt, new SQLException("refused", state)))
                .isEqualTo(next);
    }
}
