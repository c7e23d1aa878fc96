package dev.hasten.http;

import static java.util.Objects.requireNonNull;

import dev.hasten.http.GuardedHandler.Decision;
import dev.hasten.http.Router.Match;
import dev.hasten.memory.MemoryExhaustedException;
import dev.hasten.memory.MemoryUse;
import dev.hasten.memory.Reservation;
import dev.hasten.memory.SharedBytes;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection. It processes one request after the other: head, body, response. All state is confined to the
 * connection's event loop. Only {@link #respond} may be called from other threads.
 */
final class HttpConnection extends ChannelInboundHandlerAdapter implements ChannelFutureListener {
    private static final Logger LOG = LoggerFactory.getLogger(HttpConnection.class);

    /**
     * How long to keep reading from a connection that is closed before its request was read completely. Closing it
     * immediately would make the kernel send a reset, and the client could lose the response.
     */
    private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final String RETRY_AFTER_SECONDS = "1";

    /** Incomplete heads up to this size need no reservation: a typical head arrives in one piece. */
    private static final int UNRESERVED_BYTES = 4096;

    private enum Phase {
        /** No byte of a request head has been received. */
        IDLE,
        /** Part of a head has been received. */
        HEAD,
        /** The body is being received. */
        BODY,
        /** The handler is running. */
        RUNNING,
        /** The handler has started a stream, and no part of it is being written. */
        STREAMING,
        /** The response is being written. */
        WRITING,
        /** The response was sent and our output is closed; waiting for the client to close its side. */
        LINGERING,
        CLOSED
    }

    private final ServerContext server;
    private final RequestDecoder decoder;
    private final ResponseWriter writer;
    /** The connection exceeds the connection limit: its first request gets a 503 response. */
    private final boolean surplus;

    // The two fields below are set when the handler is added, before it receives any event.
    @SuppressWarnings("NullAway.Init")
    private ChannelHandlerContext ctx;

    @SuppressWarnings("NullAway.Init")
    private Deadline deadline;

    private Phase phase = Phase.IDLE;

    private @Nullable Exchange exchange;
    private RequestBody body = new RequestBody(0, 0, true);
    /** The decision on the current request; null if there is no route for it, or after the decision was carried out. */
    private @Nullable Decision decision;
    /** The current read received bytes of the body or completed the head, so the body timeout starts again. */
    private boolean bodyMoved;
    /** No request has been received yet: the head timeout runs from the opening of the connection. */
    private boolean first = true;

    /** Whether the client understands the chunked transfer coding. */
    private boolean chunked;
    /** The response that is being sent in parts; null if there is none. */
    private @Nullable OutgoingStream stream;

    private boolean closeAfterResponse;
    private boolean lingerAfterResponse;
    private int responseStatus;
    private @Nullable String errorCode;
    private long responseBytes;
    /** Memory of the response body in bytes, if it is not shared with other responses. */
    private long ownBytes;

    private long unsentBytes;
    /** When the client must have received the whole response; 0 if not yet determined. */
    private long latestNanos;
    /** Whether memory is reserved for the response until the client has received it. */
    private boolean holding;

    private @Nullable SharedBytes heldBytes;

    /** Memory of incomplete heads, and of pipelined requests that wait for the current one. */
    private final Reservation waiting;

    HttpConnection(ServerContext server, RequestDecoder decoder, boolean surplus) {
        this.server = server;
        this.decoder = decoder;
        this.writer = new ResponseWriter(server.options().tls() == null);
        this.surplus = surplus;
        this.waiting = server.openReservation();
    }

    /** The largest request body that is accepted, in bytes. */
    int maxBodyBytes() {
        return server.bodyBytes();
    }

    /** A reservation for an exchange whose handler has not set one. */
    Reservation openReservation() {
        return server.openReservation();
    }

    /** Accepts the response of an exchange. May be called from any thread. */
    void respond(Exchange responded, Response response) {
        onEventLoop(() -> write(responded, response), responded::closeMemory);
    }

    /**
     * Runs a task on the event loop. May be called from any thread.
     *
     * @param closed runs instead if the server is closed
     */
    void onEventLoop(Runnable task, Runnable closed) {
        if (ctx.executor().inEventLoop()) {
            task.run();
            return;
        }
        try {
            ctx.executor().execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debug("The server was closed before it could send a response", e);
            closed.run();
        }
    }

    /**
     * Closes the connection if no request begins within the grace period. Otherwise it is closed after its next response, because
     * the server is draining.
     */
    void drain(long graceNanos) {
        if (phase == Phase.IDLE && graceNanos == 0) {
            close();
        } else if (phase == Phase.IDLE) {
            deadline.in(graceNanos);
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
        deadline = new Deadline(context.executor(), this::onDeadline);
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        deadline.in(server.headNanos());
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        try {
            if (phase.compareTo(Phase.BODY) > 0) {
                return;
            }
            if (message instanceof Refusal refusal) {
                refuse(refusal);
            } else if (message instanceof HttpObject part
                    && part.decoderResult().isFailure()) {
                refuse(Refusal.of(
                        part.decoderResult().cause(),
                        phase == Phase.BODY,
                        server.limits().headerBytes()));
            } else {
                if (message instanceof HttpRequest request) {
                    onHead(request);
                }
                if (message instanceof HttpContent content) {
                    onContent(content);
                }
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        setReadDeadline();
        reserve();
    }

    /** Reserves memory for the received part of an incomplete request, which stays in memory until the rest arrives. */
    private void reserve() {
        try {
            int bytes = decoder.waitingBytes();
            waiting.set(MemoryUse.REQUESTS, bytes > UNRESERVED_BYTES ? bytes : 0);
            if (phase == Phase.BODY) {
                body.reserve(requireNonNull(exchange).memory());
            }
        } catch (MemoryExhaustedException e) {
            if (phase.compareTo(Phase.BODY) <= 0) {
                refuse(Refusal.of(e));
            } else {
                close();
            }
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        Phase last = phase;
        phase = Phase.CLOSED;
        deadline.cancel();
        waiting.close();
        body.drop();
        Exchange unfinished = exchange;
        if (unfinished == null) {
            return;
        }
        OutgoingStream broken = stream;
        if (last == Phase.RUNNING || last == Phase.BODY || broken != null) {
            observe(RequestObserver.CLIENT_GONE, broken == null ? 0 : broken.bytes());
            exchange = null;
            unfinished.clientGone();
        }
        if (broken != null) {
            stream = null;
            broken.written(false);
        }
        // If the handler is still running, the reservation is closed when it responds.
        if (last == Phase.BODY || (last == Phase.WRITING && broken == null)) {
            endHold(unfinished);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslCloseCompletionEvent) {
            // close_notify is the TLS equivalent of a TCP half-close, which is treated as a disconnect.
            close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException || cause.getCause() instanceof SSLException) {
            LOG.debug("Connection {} failed", ctx.channel(), cause);
        } else {
            LOG.warn("Connection {} failed", ctx.channel(), cause);
        }
        close();
    }

    private void onHead(HttpRequest request) {
        long arrivalNanos = System.nanoTime();
        first = false;
        Refusal refusal =
                surplus ? Refusal.tooManyConnections(server.limits().maxConnections()) : RequestHead.check(request);
        if (refusal != null) {
            refuse(refusal);
            return;
        }
        String path = RequestTarget.path(request.uri());
        Match match = server.router().match(request.method().name(), path);
        exchange = new Exchange(this, server.ids().next(), request, path, match, arrivalNanos);
        long length = RequestHead.length(request);
        decision = match instanceof Match.Found found ? found.route().handler.decide(exchange) : null;
        boolean routed = decision instanceof GuardedHandler.Accept;
        body = new RequestBody((int) Math.min(length, Integer.MAX_VALUE), server.bodyBytes(), !routed);
        boolean is11 = request.protocolVersion().equals(HttpVersion.HTTP_1_1);
        chunked = is11;
        closeAfterResponse =
                !is11 || request.headers().containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE, true);
        phase = Phase.BODY;
        bodyMoved = true;
        if (length > server.bodyBytes()) {
            refuse(Refusal.bodyTooLarge(server.bodyBytes()));
        } else if (routed && length > RequestBody.TRUSTED && !hasRoomFor(length)) {
            return;
        } else if (is11 && request.headers().contains(HttpHeaderNames.EXPECT)) {
            onExpectation(request, length, match);
        }
    }

    /**
     * Whether there is enough memory for a body of this length. If not, the request is refused before the body is read.
     */
    private boolean hasRoomFor(long length) {
        Reservation memory = requireNonNull(exchange).memory();
        try {
            memory.take(MemoryUse.REQUESTS, length);
            return true;
        } catch (MemoryExhaustedException e) {
            refuse(Refusal.of(e));
            return false;
        } finally {
            // Only a check: a declared length must not reserve memory.
            memory.close();
        }
    }

    private void onExpectation(HttpRequest request, long length, Match match) {
        if (!RequestHead.expectsContinue(request)) {
            refuse(Refusal.UNKNOWN_EXPECTATION);
        } else if (length != 0) {
            switch (match) {
                case Match.Found _ -> {
                    switch (requireNonNull(decision)) {
                        case GuardedHandler.Accept _ -> writer.writeContinue(ctx);
                        case GuardedHandler.Refuse(Response response) -> refuse(response);
                    }
                }
                case Match.NoMethod noMethod -> refuse(noMethodResponse(noMethod));
                case Match.NoPath noPath -> refuse(Refusal.NOT_FOUND);
            }
        }
    }

    private void onContent(HttpContent content) {
        if (phase != Phase.BODY) {
            return;
        }
        if (content.content().isReadable()) {
            bodyMoved = true;
            if (!body.add(content.content())) {
                refuse(Refusal.bodyTooLarge(server.bodyBytes()));
                return;
            }
        }
        if (content instanceof LastHttpContent) {
            run(requireNonNull(exchange));
        }
    }

    private void run(Exchange current) {
        phase = Phase.RUNNING;
        deadline.clear();
        current.body(body.finish());
        switch (current.match()) {
            case Match.Found _ -> {
                Decision made = requireNonNull(decision);
                decision = null;
                try {
                    switch (made) {
                        case GuardedHandler.Accept(Handler handler) -> handler.handle(current);
                        case GuardedHandler.Refuse(Response response) -> current.respond(response);
                    }
                } catch (Throwable e) {
                    LOG.error("The handler of {} failed on request {}", current.route(), current.requestId(), e);
                    current.respond(render(Refusal.failedHandler(current.requestId())));
                }
            }
            case Match.NoMethod noMethod -> current.respond(noMethodResponse(noMethod));
            case Match.NoPath noPath -> current.respond(server.render(Refusal.NOT_FOUND));
        }
    }

    /** The address of the client or of the proxy that has sent the request; null if it is not an Internet address. */
    @Nullable
    InetAddress peer() {
        return ProxyHeader.client(ctx.channel());
    }

    TrustedProxies proxies() {
        return server.options().proxies();
    }

    /** Whether the client has proved its identity with a certificate of the configured authority. */
    boolean hasClientCertificate() {
        SslHandler tls = ctx.pipeline().get(SslHandler.class);
        try {
            return tls != null && tls.engine().getSession().getPeerCertificates().length > 0;
        } catch (SSLPeerUnverifiedException e) {
            return false;
        }
    }

    private void write(Exchange responded, Response response) {
        if (phase == Phase.RUNNING && responded == exchange) {
            send(response);
        } else {
            responded.closeMemory();
        }
    }

    /** Sends the head of a stream. Called on the event loop, like the next two methods. */
    void startStream(Exchange started, Response given) {
        if (phase != Phase.RUNNING || started != exchange) {
            return;
        }
        GuardedHandler handler = handler();
        Response head = handler == null ? given : handler.outgoing(started, given);
        closeAfterResponse |= server.closesAfterResponses() || head.closesConnection();
        responseStatus = head.status();
        errorCode = head.errorCode();
        stream = new OutgoingStream(writer, chunked);
        phase = Phase.STREAMING;
        var _ = writer.writeStreamHead(ctx, traced(head, started), shownId(started), chunked, closeAfterResponse);
    }

    /** Writes a part of a stream. */
    void writePart(Exchange streaming, byte[] bytes, int length, CompletableFuture<Boolean> accepted) {
        if (phase != Phase.STREAMING || streaming != exchange) {
            accepted.complete(false);
            return;
        }
        phase = Phase.WRITING;
        responseBytes = length;
        latestNanos = 0;
        try {
            goOnAfter(requireNonNull(stream).write(ctx, bytes, length, accepted));
        } catch (Throwable e) {
            failed(streaming.requestId(), e);
        }
    }

    /** Ends a stream. */
    void endStream(Exchange ended) {
        OutgoingStream over = stream;
        if (ended != exchange || over == null) {
            ended.closeMemory();
        } else if (phase != Phase.STREAMING) {
            // The handler has not waited for its last part. Without a last chunk, the client notices.
            close();
            ended.closeMemory();
        } else {
            stream = null;
            phase = Phase.WRITING;
            closeAfterResponse |= server.closesAfterResponses();
            responseBytes = over.bytes();
            ownBytes = 0;
            latestNanos = 0;
            goOnAfter(over.end(ctx));
        }
    }

    private void refuse(Refusal refusal) {
        Response response = render(refusal);
        refuse(refusal.isTemporary() ? response.header("retry-after", RETRY_AFTER_SECONDS) : response);
    }

    private Response render(Refusal refusal) {
        GuardedHandler handler = handler();
        ErrorRenderer errors = handler == null ? null : handler.errors();
        return errors == null
                ? server.render(refusal)
                : errors.render(refusal.status(), refusal.code(), refusal.message());
    }

    /** The handler of the current request, or null if there is no request or no matching route. */
    private @Nullable GuardedHandler handler() {
        return exchange != null && exchange.match() instanceof Match.Found found ? found.route().handler : null;
    }

    /**
     * Responds to a request that was not read completely and then closes the connection, because what follows in the
     * stream cannot be trusted.
     */
    private void refuse(Response response) {
        if (!ctx.channel().isActive()) {
            return;
        }
        deadline.clear();
        decoder.discard(ctx);
        waiting.close();
        body.drop();
        decision = null;
        closeAfterResponse = true;
        lingerAfterResponse = true;
        send(response);
    }

    private Response noMethodResponse(Match.NoMethod noMethod) {
        return server.render(Refusal.METHOD_NOT_ALLOWED).header("allow", noMethod.allow());
    }

    private void send(Response given) {
        String requestId = exchange == null ? server.ids().next() : exchange.requestId();
        phase = Phase.WRITING;
        try {
            GuardedHandler handler = handler();
            Response response = handler == null ? given : handler.outgoing(requireNonNull(exchange), given);
            boolean headOnly = exchange != null && exchange.method().equals("HEAD");
            closeAfterResponse |= server.closesAfterResponses() || response.closesConnection();
            responseStatus = response.status();
            errorCode = response.errorCode();
            responseBytes = headOnly ? 0 : response.length();
            heldBytes = headOnly ? null : response.shared();
            ownBytes = headOnly || heldBytes != null ? 0 : response.heapBytes();
            latestNanos = 0;
            String shownId = exchange == null ? requestId : shownId(exchange);
            goOnAfter(writer.write(ctx, traced(response, exchange), shownId, headOnly, closeAfterResponse));
        } catch (Throwable e) {
            failed(requestId, e);
        }
    }

    /** The id in the response: the client's own, so that the client recognizes it, or the server's. */
    private static String shownId(Exchange responded) {
        String ofClient = responded.clientRequestId();
        return ofClient == null ? responded.requestId() : ofClient;
    }

    private static Response traced(Response response, @Nullable Exchange responded) {
        String trace = responded == null ? null : responded.traceParent();
        return trace == null ? response : response.header("traceparent", trace);
    }

    /** Closes this connection. Even an error such as OutOfMemoryError must not affect other connections. */
    private void failed(String requestId, Throwable cause) {
        LOG.error("The response to request {} cannot be written", requestId, cause);
        close();
    }

    /** Continues writing the response for as long as the kernel accepts it without waiting. */
    private void goOnAfter(ChannelFuture first) {
        ChannelFuture written = first;
        while (written.isDone() && written.isSuccess() && writer.hasMore()) {
            written = writer.writeMore(ctx);
        }
        if (written.isDone()) {
            onWritten(written);
        } else {
            awaitClient();
            written.addListener(this);
        }
    }

    /** Waits for a client that is slow or does not read at all. The response stays in memory, so it is reserved. */
    private void awaitClient() {
        unsentBytes = writer.unsentBytes(ctx);
        long now = System.nanoTime();
        if (latestNanos == 0) {
            long longest = server.latestWriteNanos(responseBytes);
            latestNanos = longest == Long.MAX_VALUE ? now + Long.MAX_VALUE / 2 : now + longest;
        }
        deadline.in(Math.max(0, Math.min(server.writeNanos(), latestNanos - now)));
        Exchange responded = exchange;
        // The handler of a stream has reserved the memory of its parts.
        if (responded == null || holding || stream != null) {
            return;
        }
        try {
            Reservation memory = responded.memory();
            SharedBytes shared = heldBytes;
            if (shared != null) {
                shared.hold(memory);
                holding = true;
            }
            memory.set(MemoryUse.REQUESTS, responded.body().length);
            memory.set(MemoryUse.RESPONSES, ownBytes + Math.min(responseBytes, ResponseWriter.PIECE));
            holding = true;
        } catch (MemoryExhaustedException e) {
            LOG.debug(
                    "Not enough memory to keep the unsent response to request {}; closing the connection",
                    responded.requestId());
            close();
        }
    }

    /** Releases the memory held by an exchange. */
    private void endHold(Exchange over) {
        SharedBytes shared = heldBytes;
        heldBytes = null;
        if (holding && shared != null) {
            shared.release();
        }
        holding = false;
        writer.end();
        over.closeMemory();
    }

    /** Called when the kernel has accepted a piece of the response, or when writing it has failed. */
    @Override
    public void operationComplete(ChannelFuture written) {
        if (phase != Phase.WRITING) {
            return;
        }
        try {
            goOnAfter(written);
        } catch (Throwable e) {
            failed(exchange == null ? "-" : exchange.requestId(), e);
        }
    }

    /** The response was written completely, or writing it failed. */
    private void onWritten(ChannelFuture written) {
        if (stream != null) {
            deadline.clear();
            phase = Phase.STREAMING;
            stream.written(written.isSuccess());
            if (!written.isSuccess()) {
                close();
            }
            return;
        }
        observe(written.isSuccess() ? responseStatus : RequestObserver.CLIENT_GONE, responseBytes);
        Exchange responded = exchange;
        exchange = null;
        if (responded != null) {
            endHold(responded);
        }
        if (!written.isSuccess()) {
            close();
        } else if (closeAfterResponse) {
            if (lingerAfterResponse || decoder.hasWaiting()) {
                linger();
            } else {
                close();
            }
        } else {
            phase = Phase.IDLE;
            deadline.in(server.idleNanos());
            decoder.next(ctx);
            setReadDeadline();
        }
    }

    private void close() {
        var _ = ctx.close();
    }

    private void linger() {
        phase = Phase.LINGERING;
        decoder.discard(ctx);
        deadline.in(LINGER_NANOS);
        writer.closeOutput(ctx);
    }

    private void setReadDeadline() {
        if (phase == Phase.IDLE && decoder.insideHead()) {
            phase = Phase.HEAD;
            if (!first) {
                deadline.in(server.headNanos());
            }
        } else if (phase == Phase.BODY && bodyMoved) {
            bodyMoved = false;
            long elapsed = System.nanoTime() - requireNonNull(exchange).arrivalNanos();
            deadline.in(Math.max(0, Math.min(server.bodyIdleNanos(), server.latestBodyNanos(body.size()) - elapsed)));
        }
    }

    private void onDeadline() {
        switch (phase) {
            case IDLE, LINGERING -> close();
            case HEAD -> refuse(Refusal.headTimeout(server.limits().timeouts().head()));
            case BODY -> refuse(Refusal.bodyTimeout(server.limits()));
            case WRITING -> {
                if (writer.unsentBytes(ctx) < unsentBytes && System.nanoTime() - latestNanos < 0) {
                    awaitClient();
                } else {
                    close();
                }
            }
            case RUNNING, STREAMING, CLOSED -> {}
        }
    }

    private void observe(int status, long bytes) {
        server.observe(exchange, status, errorCode, exchange == null ? 0 : body.size(), bytes);
        errorCode = null;
    }
}
