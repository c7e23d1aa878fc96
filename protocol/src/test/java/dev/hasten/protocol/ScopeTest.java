package dev.hasten.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScopeTest {
    @ParameterizedTest
    @EnumSource
    void wordOfEveryScopeIsReadBackAndNeedsNoQuotesAnywhere(Scope scope) {
        assertThat(scope.text()).matches("[a-z]+");
        assertThat(Scope.parse(List.of(scope.text()))).containsExactly(scope);
    }

    @Test
    void scopesAreInTheOrderOfDeclarationAndOnlyOnce() {
        Set<Scope> scopes = Scope.parse(List.of("schema", "prisma", "schema"));
        assertThat(scopes).containsExactly(Scope.PRISMA, Scope.SCHEMA);
        assertThat(Scope.texts(scopes)).containsExactly("prisma", "schema");
    }

    @Test
    void whatAPrismaClientAsksForIsTheDefault() {
        assertThat(Scope.DEFAULT).containsExactly(Scope.PRISMA, Scope.SQL, Scope.INVALIDATE);
    }

    @Test
    void nobodyCanAddAScopeLater() {
        EnumSet<Scope> given = EnumSet.of(Scope.PRISMA);
        Set<Scope> copy = Scope.copyOf(given);
        given.add(Scope.SCHEMA);
        assertThat(copy).containsExactly(Scope.PRISMA);
        for (Set<Scope> scopes : List.of(copy, Scope.DEFAULT, Scope.parse(List.of("prisma")))) {
            assertThatThrownBy(() -> scopes.add(Scope.SCHEMA)).isInstanceOf(UnsupportedOperationException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "writ", "Prisma", "PRISMA", " prisma", "prisma,invalidate", "*"})
    void wrongWordIsNamedWithThoseThatAreKnown(String word) {
        assertThatThrownBy(() -> Scope.parse(List.of("prisma", word)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("unknown scope \"" + word + "\"; allowed scopes: prisma, sql, read, invalidate, schema");
    }

    @Test
    void noScopeAtAllIsRefused() {
        String problem = "a key needs at least one scope; allowed scopes: prisma, sql, read, invalidate, schema";
        assertThatThrownBy(() -> Scope.parse(List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(problem);
        assertThatThrownBy(() -> Scope.copyOf(EnumSet.noneOf(Scope.class)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(problem);
    }
}
