package dev.hasten.http;

import static java.util.Objects.requireNonNull;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * An HTTP/1.1 server, with or without TLS. The requests of a connection run one after the other. A client that closes,
 * resets or half-closes its connection is treated as disconnected: the disconnect actions of its request run (see
 * {@link Exchange#onDisconnect}) and its response is dropped.
 */
public final class HttpServer implements AutoCloseable {
    private static final int BACKLOG = 1024;
    private static final long CLOSE_SECONDS = 5;

    /** Enough for handshakes that have begun, also over a network. */
    private static final Duration HANDSHAKE = Duration.ofMillis(50);

    private final ServerContext context;
    private final EventLoopGroup loops;
    private final ChannelGroup connections;
    private final Channel listener;
    /** Whether the listening socket is shared with the service manager, which goes on to listen. */
    private final boolean isInherited;

    private HttpServer(ServerContext context, EventLoopGroup loops, ChannelGroup connections, Channel listener) {
        this.isInherited = context.options().address().inherited().isPresent();
        this.context = context;
        this.loops = loops;
        this.connections = connections;
        this.listener = listener;
    }

    /**
     * Binds the address and starts serving.
     *
     * @throws HttpServerException if the host and port cannot be bound; the message contains them
     */
    public static HttpServer start(HttpServerOptions options, Router router) {
        return start(options, router, Transport.best());
    }

    static HttpServer start(HttpServerOptions options, Router router, Transport transport) {
        requireNonNull(router, "router is null");
        ServerContext context = new ServerContext(options, router);
        ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
        int threads = options.eventLoopThreads() == 0
                ? Runtime.getRuntime().availableProcessors()
                : options.eventLoopThreads();
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(
                threads, new DefaultThreadFactory(options.name()), transport.ioHandlers());
        OptionalInt inherited = options.address().inherited();
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops)
                .channelFactory(inherited.isPresent() ? inherited(inherited.getAsInt()) : transport.serverChannel())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childHandler(new ConnectionInitializer(context, connections));
        ChannelFuture bound = (inherited.isPresent()
                        ? bootstrap.register()
                        : bootstrap.bind(
                                options.address().host(), options.address().port()))
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            var _ = loops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            Throwable cause = bound.cause();
            throw new HttpServerException(cannotListen(options.address(), cause), cause);
        }
        return new HttpServer(context, loops, connections, bound.channel());
    }

    private static ChannelFactory<ServerChannel> inherited(int descriptor) {
        InheritedSocket.prepare(descriptor);
        return () -> new EpollServerSocketChannel(descriptor);
    }

    private static String cannotListen(HttpServerOptions.Address address, Throwable cause) {
        String message = "Cannot listen on " + address.host() + ":" + address.port();
        if (cause instanceof UnresolvedAddressException || cause instanceof UnknownHostException) {
            return message + ": the host name is unknown. Use an address of this machine, or 0.0.0.0 for all: the key"
                    + " is host, or admin_host for the admin API";
        }
        return message + " (" + reason(cause)
                + "). Use an address of this machine and a port that no other process uses: the keys are host and port,"
                + " or admin_host and admin_port for the admin API";
    }

    /** The message of the native transport begins with the name of a function. */
    private static String reason(Throwable cause) {
        String text = String.valueOf(cause.getMessage());
        return text.contains("Address already in use")
                ? "the port is in use"
                : text.replaceFirst("^[\\w.$]+\\(.*?\\) failed( with error\\([^)]*\\))?: ", "");
    }

    /** The bound port, which differs from the configured one if that is 0. */
    public int port() {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    /**
     * Whether each connection is closed after its next response, so that clients connect again, to another server if there
     * is one. New connections are still accepted.
     */
    public void closeConnectionsAfterResponses(boolean close) {
        context.closeAfterResponses(close);
    }

    /** The number of open connections, including those over the limit that are about to get a 503 response. */
    public int openConnections() {
        return context.open().get();
    }

    /**
     * Stops accepting connections, closes idle ones and waits for running exchanges, whose responses have
     * {@code Connection: close}. Returns when all connections are closed, when the deadline is reached, or when the
     * thread is interrupted (its interrupt status is kept). Call {@link #close} to close the remaining connections.
     * Must not be called on an event loop thread.
     *
     * @param deadline the longest time
     * @param grace how long idle connections stay open, because a request may be on its way. A proxy that finds the port
     *     closed uses other servers by then. If it is zero, requests that arrive during the call may fail
     */
    public void drain(Duration deadline, Duration grace) {
        long end = System.nanoTime() + deadline.toNanos();
        try {
            if (grace.isPositive() && !isInherited && ListenerGate.close(listener)) {
                Thread.sleep(HANDSHAKE);
            }
            // In this order: what was accepted is served.
            listener.close().awaitUninterruptibly();
            context.startDraining();
            // The last accepted connection may not be registered yet: wait until every loop has processed its queue.
            for (EventExecutor loop : loops) {
                loop.submit(() -> {}).await(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            }
            for (Channel connection : connections) {
                HttpConnection handler = connection.pipeline().get(HttpConnection.class);
                if (handler != null) {
                    connection.eventLoop().execute(() -> handler.drain(grace.toNanos()));
                }
            }
            connections.newCloseFuture().await(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            listener.close().awaitUninterruptibly();
            context.startDraining();
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Closes the listener and all connections immediately and stops the threads. Must not be called on an event
     * loop thread.
     */
    @Override
    public void close() {
        context.startDraining();
        listener.close().awaitUninterruptibly();
        connections.close().awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
        loops.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    /** Sets up the handlers of a new connection. */
    private static final class ConnectionInitializer extends ChannelInitializer<Channel> {
        private final ServerContext context;
        private final ChannelGroup connections;
        private final ChannelFutureListener onClose;

        ConnectionInitializer(ServerContext context, ChannelGroup connections) {
            this.context = context;
            this.connections = connections;
            this.onClose = closed -> context.open().decrementAndGet();
        }

        @Override
        protected void initChannel(Channel channel) {
            HttpLimits limits = context.options().limits();
            int open = context.open().incrementAndGet();
            channel.closeFuture().addListener(onClose);
            // Connections over the limit get a 503 response, but their number is limited too.
            int surplus = limits.maxConnections() / 8 + 16;
            if (open > (long) limits.maxConnections() + surplus) {
                var _ = channel.close();
                return;
            }
            connections.add(channel);
            ProxyHeader.addTo(channel, context.options().proxies(), context.proxyWarnings());
            Supplier<SslContext> tls = context.options().tls();
            if (tls != null) {
                SslHandler handler = tls.get().newHandler(channel.alloc());
                handler.setHandshakeTimeoutMillis(
                        Math.max(1, limits.timeouts().head().toMillis()));
                channel.pipeline().addLast(handler);
            }
            RequestDecoder decoder = new RequestDecoder(limits.headerBytes());
            channel.pipeline().addLast(decoder);
            channel.pipeline().addLast(new HttpConnection(context, decoder, open > limits.maxConnections()));
        }
    }
}
