package dev.hasten.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;

/**
 * Netty's request decoder, preceded by {@link HeadRules}, with a gate that lets one request through at a time.
 *
 * <p>After the last byte of a request the gate closes until {@link #next} is called, so pipelined requests are not
 * parsed yet. The socket is still read, because otherwise a disconnect would not be detected. When more than
 * {@link #READ_AHEAD} bytes wait, reading pauses. A paused connection still detects a reset. With epoll it also detects
 * a close, unless the client has sent so much that the kernel's receive buffer is full and the end of the stream cannot
 * arrive. With NIO it detects a close only when it reads again.
 *
 * <p>A violation of the rules is passed on as a {@link Refusal}; all following bytes are dropped.
 */
final class RequestDecoder extends HttpRequestDecoder {
    /** Maximum number of bytes of further requests that may wait for the current one. */
    static final int READ_AHEAD = 64 * 1024;

    /** Maximum size of a body piece in bytes; larger than any read, so that pieces are passed on as received. */
    private static final int BODY_PIECE = 1024 * 1024;

    /** The client has closed its side of the connection; value from Linux's include/net/tcp_states.h. */
    private static final int TCP_CLOSE_WAIT = 8;

    private final HeadRules rules;
    private boolean inHead = true;
    private boolean gateClosed;
    private boolean discarding;
    private boolean paused;
    /** Reading is paused and the read that caused the pause has ended; used only with epoll. */
    private boolean still;

    private boolean reading;
    /**
     * The number of bytes at the start of the buffer that {@link #rules} has checked and the parser has not consumed.
     */
    private int checked;

    RequestDecoder(int headerBytes) {
        super(new HttpDecoderConfig()
                .setMaxInitialLineLength(headerBytes)
                .setMaxHeaderSize(headerBytes)
                .setMaxChunkSize(BODY_PIECE)
                .setStrictLineParsing(true)
                .setUseRfc9112TransferEncoding(true)
                .setAllowDuplicateContentLengths(false));
        this.rules = new HeadRules(headerBytes);
    }

    /** Whether part of a head has been received. */
    boolean insideHead() {
        return rules.insideHead();
    }

    /** The number of received bytes that are not part of a complete head or a body. */
    int waitingBytes() {
        return actualReadableBytes();
    }

    /** Whether bytes of a further request are waiting. */
    boolean hasWaiting() {
        return actualReadableBytes() > 0;
    }

    /** Drops all waiting and all future bytes. */
    void discard(ChannelHandlerContext connection) {
        discarding = true;
        resumeReading(connection);
    }

    /** Opens the gate for the next request and decodes the bytes that are waiting. */
    void next(ChannelHandlerContext connection) {
        gateClosed = false;
        resumeReading(connection);
        // Inside channelRead, its own loop continues; a nested call would recurse once per pipelined request.
        if (!reading && hasWaiting()) {
            ChannelHandlerContext own = connection.pipeline().context(this);
            try {
                channelRead(own, Unpooled.EMPTY_BUFFER);
            } catch (Exception e) {
                own.fireExceptionCaught(e);
            }
            if (paused) {
                settle(own);
            }
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        reading = true;
        try {
            super.channelRead(ctx, message);
        } finally {
            reading = false;
        }
        if (still) {
            // Epoll reads a paused connection only if the client has closed it (EPOLLRDHUP), and only once. The close
            // is not reported again, so it must be handled here.
            var _ = ctx.close();
        } else if (gateClosed && !discarding && !paused && actualReadableBytes() > READ_AHEAD) {
            paused = true;
            ctx.channel().config().setAutoRead(false);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        if (paused) {
            settle(ctx);
            // The inherited method requests another read if it decoded nothing, which would end the pause.
            ctx.fireChannelReadComplete();
        } else {
            super.channelReadComplete(ctx);
        }
    }

    /**
     * Starts the pause. A close after this point triggers EPOLLRDHUP. The notification of an earlier close may have
     * been consumed by the read that just ended, so this queries the kernel for the connection state.
     */
    private void settle(ChannelHandlerContext ctx) {
        if (!still && ctx.channel() instanceof EpollSocketChannel socket && socket.isOpen()) {
            still = true;
            if (socket.tcpInfo().state() == TCP_CLOSE_WAIT) {
                var _ = ctx.close();
            }
        }
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf buffer, List<Object> out) throws Exception {
        if (discarding) {
            buffer.skipBytes(buffer.readableBytes());
            return;
        }
        if (gateClosed) {
            return;
        }
        if (inHead && !passesRules(buffer)) {
            discarding = true;
            buffer.skipBytes(buffer.readableBytes());
            out.add(rules.refusal());
            return;
        }
        int before = buffer.readableBytes();
        int decoded = out.size();
        super.decode(ctx, buffer, out);
        checked = Math.max(0, checked - (before - buffer.readableBytes()));
        for (int i = decoded; i < out.size(); i++) {
            Object message = out.get(i);
            if (message instanceof HttpRequest) {
                inHead = false;
            }
            if (message instanceof LastHttpContent) {
                inHead = true;
                gateClosed = true;
            }
        }
    }

    private boolean passesRules(ByteBuf buffer) {
        int start = buffer.readerIndex() + checked;
        int stop = buffer.forEachByte(start, buffer.writerIndex() - start, rules);
        checked = (stop < 0 ? buffer.writerIndex() : stop + 1) - buffer.readerIndex();
        return rules.refusal() == null;
    }

    private void resumeReading(ChannelHandlerContext ctx) {
        if (paused) {
            paused = false;
            still = false;
            ctx.channel().config().setAutoRead(true);
        }
    }
}
