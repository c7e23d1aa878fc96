package dev.hasten.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseTest {

    @ParameterizedTest
    @ValueSource(strings = {"a\r\nset-cookie: b", "a\nb", "a\u0000b", "\u00e4", "\u010a"})
    void headerValueCannotAddLines(String value) {
        assertThatThrownBy(() -> Response.empty(200).header("a", value)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "a b", "a:", "a\r\n", "Content-Length", "TRANSFER-ENCODING", "connection", "X-Request-Id"})
    void headerNameMustBeATokenThatTheServerDoesNotSet(String name) {
        assertThatThrownBy(() -> Response.empty(200).header(name, "1")).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 100, 199, 600})
    void statusMustBeFinal(int status) {
        assertThatThrownBy(() -> Response.empty(status)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void headersAreFoundCaseInsensitively() {
        Response response = Response.empty(200).header("Retry-After", "3");

        assertThat(response.header("retry-after")).isEqualTo("3");
        assertThat(response.header("allow")).isNull();
    }
}
