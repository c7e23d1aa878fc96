package dev.hasten.config;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Networks of IP addresses. */
public record Networks(List<Network> networks) {
    /** Without zones, and without the short forms of IPv4 addresses. */
    private static final Pattern ADDRESS = Pattern.compile("\\d+(\\.\\d+){3}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

    /** Copies the list. */
    public Networks {
        networks = List.copyOf(networks);
    }

    /**
     * A network.
     *
     * @param address an address in it
     * @param prefix the number of leading bits that its addresses have in common
     */
    public record Network(InetAddress address, int prefix) {
        private boolean contains(InetAddress other) {
            byte[] own = address.getAddress();
            byte[] bytes = other.getAddress();
            if (own.length != bytes.length) {
                return false;
            }
            for (int bit = 0; bit < prefix; bit += Byte.SIZE) {
                int mask = prefix - bit >= Byte.SIZE ? 0xff : 0xff << (Byte.SIZE - (prefix - bit));
                if (((own[bit / Byte.SIZE] ^ bytes[bit / Byte.SIZE]) & mask) != 0) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public String toString() {
            return address.getHostAddress() + "/" + prefix;
        }
    }

    /**
     * Parses networks in CIDR notation, separated by commas. An address without a prefix length is a network of one address.
     *
     * @throws IllegalArgumentException if the text is invalid
     */
    static Networks parse(String text) {
        return new Networks(Arrays.stream(text.split(",", -1))
                .map(part -> network(part.strip()))
                .toList());
    }

    private static Network network(String text) {
        int slash = text.indexOf('/');
        String literal = slash < 0 ? text : text.substring(0, slash);
        if (!ADDRESS.matcher(literal).matches()) {
            throw new IllegalArgumentException("not an address");
        }
        InetAddress address = InetAddress.ofLiteral(literal);
        int bits = address.getAddress().length * Byte.SIZE;
        int prefix = slash < 0 ? bits : Integer.parseInt(text.substring(slash + 1));
        if (prefix < 0 || prefix > bits) {
            throw new IllegalArgumentException("the prefix length must be from 0 to " + bits);
        }
        return new Network(address, prefix);
    }

    /** Whether one of the networks contains the address. */
    public boolean contains(InetAddress address) {
        for (Network network : networks) {
            if (network.contains(address)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public String toString() {
        return networks.stream().map(Network::toString).collect(Collectors.joining(","));
    }
}
