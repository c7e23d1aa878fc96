package dev.hasten.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyScopeTest {
    @ParameterizedTest
    @EnumSource
    void wordOfEveryScopeParsesBackAndNeedsNoQuotes(KeyScope scope) {
        assertThat(scope.text()).matches("[a-z]+");
        assertThat(KeyScope.parse(List.of(scope.text()))).containsExactly(scope);
    }

    @Test
    void scopesAreDeduplicatedInTheOrderOfDeclaration() {
        Set<KeyScope> scopes = KeyScope.parse(List.of("schema", "prisma", "schema"));
        assertThat(scopes).containsExactly(KeyScope.PRISMA, KeyScope.SCHEMA);
        assertThat(KeyScope.texts(scopes)).containsExactly("prisma", "schema");
    }

    @Test
    void theDefaultScopesArePrismaSqlAndInvalidate() {
        assertThat(KeyScope.DEFAULT).containsExactly(KeyScope.PRISMA, KeyScope.SQL, KeyScope.INVALIDATE);
    }

    @Test
    void scopesAreImmutable() {
        EnumSet<KeyScope> given = EnumSet.of(KeyScope.PRISMA);
        Set<KeyScope> copy = KeyScope.copyOf(given);
        given.add(KeyScope.SCHEMA);
        assertThat(copy).containsExactly(KeyScope.PRISMA);
        for (Set<KeyScope> scopes : List.of(copy, KeyScope.DEFAULT, KeyScope.parse(List.of("prisma")))) {
            assertThatThrownBy(() -> scopes.add(KeyScope.SCHEMA)).isInstanceOf(UnsupportedOperationException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "writ", "Prisma", "PRISMA", " prisma", "prisma,invalidate", "*"})
    void unknownWordIsReportedWithTheKnownOnes(String word) {
        assertThatThrownBy(() -> KeyScope.parse(List.of("prisma", word)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("unknown scope \"" + word + "\"; allowed scopes: prisma, sql, read, invalidate, schema");
    }

    @Test
    void emptyScopesAreRejected() {
        String problem = "a key needs at least one scope; allowed scopes: prisma, sql, read, invalidate, schema";
        assertThatThrownBy(() -> KeyScope.parse(List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(problem);
        assertThatThrownBy(() -> KeyScope.copyOf(EnumSet.noneOf(KeyScope.class)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(problem);
    }
}
