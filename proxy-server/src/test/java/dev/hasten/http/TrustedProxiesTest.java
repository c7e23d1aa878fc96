package dev.hasten.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrustedProxiesTest {
    private static final TrustedProxies PRIVATE = new TrustedProxies(
            address -> address.getHostAddress().startsWith("10.")
                    || address.getHostAddress().startsWith("fd00:"),
            false);

    @Test
    void withTheProxyProtocolHeadersAreNotBelieved() {
        TrustedProxies tcp = new TrustedProxies(PRIVATE.addresses(), true);
        assertThat(tcp.client(InetAddress.ofLiteral("10.0.0.1"), "203.0.113.7"))
                .isEqualTo(InetAddress.ofLiteral("10.0.0.1"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                // peer, X-Forwarded-For, client
                "203.0.113.7 | -                            | 203.0.113.7",
                "203.0.113.7 | 198.51.100.1                 | 203.0.113.7",
                "10.0.0.1    | -                            | 10.0.0.1",
                "10.0.0.1    | ''                           | 10.0.0.1",
                "10.0.0.1    | 203.0.113.7                  | 203.0.113.7",
                "10.0.0.1    | 198.51.100.1, 203.0.113.7    | 203.0.113.7",
                "10.0.0.1    | 198.51.100.1,203.0.113.7,10.9.9.9 | 203.0.113.7",
                "10.0.0.1    | 10.1.1.1, 10.2.2.2           | 10.1.1.1",
                "10.0.0.1    | 203.0.113.7:4711             | 203.0.113.7",
                "10.0.0.1    | [2001:db8::1]:4711           | 2001:db8:0:0:0:0:0:1",
                "10.0.0.1    | 2001:db8::1                  | 2001:db8:0:0:0:0:0:1",
                "fd00::1     | 2001:db8::1                  | 2001:db8:0:0:0:0:0:1",
                "10.0.0.1    | unknown                      | 10.0.0.1",
                "10.0.0.1    | 203.0.113.7, unknown         | 10.0.0.1",
                "10.0.0.1    | example.com                  | 10.0.0.1",
                "10.0.0.1    | fe80::1%eth0                 | 10.0.0.1",
                "10.0.0.1    | [::1                         | 10.0.0.1",
                "10.0.0.1    | ,                            | 10.0.0.1",
            })
    void clientIsTheLastAddressThatIsNotThatOfATrustedProxy(
            String peer, @Nullable String forwardedFor, @Nullable String client) {
        InetAddress found = PRIVATE.client(InetAddress.ofLiteral(peer), forwardedFor);
        assertThat(found == null ? null : found.getHostAddress()).isEqualTo(client);
    }
}
