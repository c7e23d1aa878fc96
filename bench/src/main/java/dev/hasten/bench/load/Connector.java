package dev.hasten.bench.load;

import dev.hasten.bench.http.Target;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.PromiseNotifier;
import java.net.InetSocketAddress;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

/** Opens connections to a target. */
final class Connector {
    private final Target target;
    private final InetSocketAddress address;
    private final Duration timeout;

    Connector(Target target, Duration timeout) {
        this.target = target;
        this.address = target.address();
        this.timeout = timeout;
    }

    static IoHandlerFactory ioHandlers() {
        return Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    }

    /** Opens a connection. The future completes when requests can be sent. */
    Future<Channel> connect(EventLoop loop, ChannelHandler handler) {
        Promise<Channel> connected = loop.newPromise();
        SSLContext tls = target.tls();
        SslHandler encryption = tls == null ? null : new SslHandler(engine(tls));
        new Bootstrap()
                .group(loop)
                .channel(Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) timeout.toMillis())
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        if (encryption != null) {
                            encryption.setHandshakeTimeoutMillis(timeout.toMillis());
                            channel.pipeline().addLast(encryption);
                        }
                        channel.pipeline().addLast(handler);
                    }
                })
                .connect(address)
                .addListener((ChannelFuture opened) -> {
                    if (!opened.isSuccess()) {
                        connected.setFailure(opened.cause());
                    } else if (encryption == null) {
                        connected.setSuccess(opened.channel());
                    } else {
                        var _ = PromiseNotifier.cascade(encryption.handshakeFuture(), connected);
                    }
                });
        return connected;
    }

    private SSLEngine engine(SSLContext tls) {
        SSLEngine engine = tls.createSSLEngine(target.host(), target.port());
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        engine.setSSLParameters(parameters);
        return engine;
    }
}
