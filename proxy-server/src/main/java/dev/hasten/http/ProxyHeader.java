package dev.hasten.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.codec.haproxy.HAProxyProtocolException;
import io.netty.util.AttributeKey;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the header of the PROXY protocol, version 1 or 2, which is the first thing on a connection from a trusted proxy. Source:
 * proxy-protocol.txt of HAProxy. Other connections must not send it, so a client cannot claim another address.
 */
final class ProxyHeader extends SimpleChannelInboundHandler<HAProxyMessage> {
    private static final Logger LOG = LoggerFactory.getLogger(ProxyHeader.class);
    private static final AttributeKey<InetAddress> CLIENT = AttributeKey.valueOf(ProxyHeader.class, "client");

    /** Clouds add identifiers of some hundred bytes. */
    private static final int MAX_TLV_BYTES = 1024;

    private final WarningLimit warnings;

    private ProxyHeader(WarningLimit warnings) {
        this.warnings = warnings;
    }

    /** Adds the handlers if the connection must begin with the header. */
    static void addTo(Channel channel, TrustedProxies proxies, WarningLimit warnings) {
        if (proxies.proxyProtocol() && proxies.contain(peer(channel))) {
            channel.pipeline().addLast(new HAProxyMessageDecoder(MAX_TLV_BYTES), new ProxyHeader(warnings));
        }
    }

    /** The address of the client that the header names, otherwise that of the other end of the connection. */
    static @Nullable InetAddress client(Channel channel) {
        InetAddress named = channel.hasAttr(CLIENT) ? channel.attr(CLIENT).get() : null;
        return named == null ? peer(channel) : named;
    }

    private static @Nullable InetAddress peer(Channel channel) {
        return channel.remoteAddress() instanceof InetSocketAddress address ? address.getAddress() : null;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, HAProxyMessage header) {
        // Health checks of the proxy itself have no address.
        String source = header.sourceAddress();
        if (source != null) {
            try {
                context.channel().attr(CLIENT).set(InetAddress.ofLiteral(source));
            } catch (IllegalArgumentException e) {
                LOG.debug("The source address of a PROXY header is not an Internet address", e);
            }
        }
        context.pipeline().remove(this);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof HAProxyProtocolException && warnings.allows()) {
            LOG.warn(
                    "A connection from the trusted proxy {} was closed, because it does not begin with a header of the PROXY"
                            + " protocol. Enable the protocol in the proxy, or set http.proxy_protocol to false",
                    peer(context.channel()));
        }
        var _ = context.close();
    }
}
