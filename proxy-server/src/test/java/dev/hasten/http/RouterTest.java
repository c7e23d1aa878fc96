package dev.hasten.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hasten.http.Router.Match;
import java.util.List;
import org.junit.jupiter.api.Test;

class RouterTest {
    private static final Handler NOTHING = exchange -> {};

    private final Router router = Router.builder()
            .route("GET", "/", NOTHING)
            .route("GET", "/connection-info", NOTHING)
            .route("POST", "/query", NOTHING)
            .route("POST", "/transaction/start", NOTHING)
            .route("POST", "/transaction/{id}/query", NOTHING)
            .route("GET", "/transaction/{id}", NOTHING)
            .route("POST", "/{version}/{hash}/graphql", NOTHING)
            .route("PUT", "/{version}/{hash}/schema", NOTHING)
            .route("DELETE", "/transaction/{id}/query", NOTHING)
            .build();

    @Test
    void literalPathMatches() {
        assertThat(template("POST", "/query")).isEqualTo("/query");
        assertThat(template("GET", "/")).isEqualTo("/");
        assertThat(template("POST", "/transaction/start")).isEqualTo("/transaction/start");
    }

    @Test
    void namedSegmentsMatchAnySegment() {
        Match.Found found = (Match.Found) router.match("POST", "/6.1.0/abc/graphql");

        assertThat(found.route().template).isEqualTo("/{version}/{hash}/graphql");
        assertThat(found.values()).isEqualTo(List.of("6.1.0", "abc"));
    }

    @Test
    void literalSegmentTakesPrecedenceOverNamedOne() {
        assertThat(template("POST", "/transaction/abc/query")).isEqualTo("/transaction/{id}/query");
    }

    @Test
    void namedSegmentMatchesIfTheLiteralOneLeadsToNoRoute() {
        Match.Found found = (Match.Found) router.match("POST", "/transaction/abc/graphql");

        assertThat(found.route().template).isEqualTo("/{version}/{hash}/graphql");
        assertThat(found.values()).isEqualTo(List.of("transaction", "abc"));
    }

    @Test
    void namedRouteMatchesIfTheLiteralPathLacksTheMethod() {
        assertThat(template("GET", "/transaction/start")).isEqualTo("/transaction/{id}");
    }

    @Test
    void getAlsoHandlesHead() {
        assertThat(template("HEAD", "/connection-info")).isEqualTo("/connection-info");
        assertThat(router.match("HEAD", "/query")).isEqualTo(new Match.NoMethod("POST"));
    }

    @Test
    void knownPathReportsItsMethods() {
        assertThat(router.match("PATCH", "/connection-info")).isEqualTo(new Match.NoMethod("GET, HEAD"));
        assertThat(router.match("PATCH", "/transaction/a/query")).isEqualTo(new Match.NoMethod("DELETE, POST"));
        assertThat(router.match("PATCH", "/transaction/start")).isEqualTo(new Match.NoMethod("GET, HEAD, POST"));
    }

    @Test
    void anythingElseIsAnUnknownPath() {
        for (String path : List.of("/nothing", "/query/", "//query", "/Query", "/transaction//query", "/a/b/c", "//")) {
            assertThat(router.match("POST", path)).as(path).isEqualTo(Match.NoPath.INSTANCE);
        }
    }

    @Test
    void conflictingRoutesAreRejected() {
        assertThatThrownBy(
                        () -> Router.builder().route("GET", "/a/{x}", NOTHING).route("GET", "/a/{y}", NOTHING))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("GET /a/{y}");
        assertThatThrownBy(() -> Router.builder().route("GET", "a", NOTHING))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Router.builder().route("GET", "/{x}/{x}", NOTHING))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Router.builder().route("GET", "/a{x}", NOTHING))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private String template(String method, String path) {
        return ((Match.Found) router.match(method, path)).route().template;
    }
}
