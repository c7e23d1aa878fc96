package dev.hasten.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworksTest {
    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.255.255, true",
        "10.0.0.0/8, 11.0.0.0, false",
        "192.168.1.64/26, 192.168.1.127, true",
        "192.168.1.64/26, 192.168.1.128, false",
        "192.0.2.1, 192.0.2.1, true",
        "192.0.2.1, 192.0.2.2, false",
        "0.0.0.0/0, 203.0.113.7, true",
        "0.0.0.0/0, ::1, false",
        "fd00::/8, fdff::1, true",
        "fd00::/8, fe00::1, false",
        "2001:db8::/33, 2001:db8:7fff::1, true",
        "2001:db8::/33, 2001:db8:8000::1, false",
        "127.0.0.0/8, ::ffff:127.0.0.1, true",
    })
    void networkContainsTheAddressesWithItsPrefix(String network, String address, boolean contained) {
        assertThat(Networks.parse(network).contains(InetAddress.ofLiteral(address)))
                .isEqualTo(contained);
    }

    @Test
    void listContainsTheAddressesOfAllItsNetworks() {
        Networks networks = Networks.parse("10.0.0.0/8, fd00::/8,192.0.2.1");
        assertThat(networks.contains(InetAddress.ofLiteral("192.0.2.1"))).isTrue();
        assertThat(networks.contains(InetAddress.ofLiteral("fd00::1"))).isTrue();
        assertThat(networks.contains(InetAddress.ofLiteral("192.0.2.2"))).isFalse();
        assertThat(Networks.parse(networks.toString())).isEqualTo(networks);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ",",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/",
                "10.0.0.0/x",
                "fd00::/129",
                "proxy.internal",
                "fe80::1%1",
                "10"
            })
    void malformedNetworksAreRefused(String text) {
        assertThatThrownBy(() -> Networks.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
