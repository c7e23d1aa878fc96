package dev.hasten.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The start with a real inherited socket is tested in conformance/restart. */
class InheritedSocketTest {
    @Test
    void socketForThisProcessIsUsed() {
        assertThat(InheritedSocket.find(Map.of("LISTEN_PID", "42", "LISTEN_FDS", "1"), 42))
                .hasValue(3);
    }

    @Test
    void variablesForAnotherProcessAreIgnored() {
        assertThat(InheritedSocket.find(Map.of("LISTEN_PID", "41", "LISTEN_FDS", "1"), 42))
                .isEmpty();
        assertThat(InheritedSocket.find(Map.of(), 42)).isEmpty();
    }

    @Test
    void severalSocketsAreRefused() {
        assertThatThrownBy(() -> InheritedSocket.find(Map.of("LISTEN_PID", "42", "LISTEN_FDS", "2"), 42))
                .isInstanceOf(HttpServerException.class)
                .hasMessageContaining("has passed 2 sockets; expected 1");
    }

    /** 0 is standard input, which is no socket. */
    @ParameterizedTest
    @ValueSource(ints = {999_999, 0})
    void descriptorThatIsNoListeningSocketIsRefused(int descriptor) {
        assertThatThrownBy(() -> InheritedSocket.prepare(descriptor))
                .isInstanceOf(HttpServerException.class)
                .hasMessageContaining("is not a listening TCP socket");
    }
}
