package dev.hasten.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AcceptEncodingTest {
    @ParameterizedTest
    @ValueSource(strings = {"gzip", "gzip, deflate, br", "br;q=1.0, gzip;q=0.8", "deflate,gzip", "gzip ; q=0.001"})
    void clientsThatAcceptGzip(String header) {
        assertThat(AcceptEncoding.acceptsGzip(header)).isTrue();
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "identity", "br", "x-gzipped", "gzip;q=0", "gzip; q=0.000", "gzip;Q = 0, br"})
    void clientsThatDoNotAcceptGzip(@Nullable String header) {
        assertThat(AcceptEncoding.acceptsGzip(header)).isFalse();
    }
}
