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
 * Netty's request decoder behind {@link HeadRules}, with a gate that lets one request through at a time.
 *
 * <p>After the last byte of a request the gate closes until {@link #next}: what a client pipelines stays unparsed. The
 * socket is still read, because that is how a disconnect is noticed, until {@link #READ_AHEAD} bytes wait; then reading
 * pauses. A paused connection still notices a reset, and with epoll a close, if the end of the stream could reach this
 * machine, that is unless the client sent more than the kernel takes for an unread connection too. With NIO it notices
 * a close only once it reads again.
 *
 * <p>A violation is passed on as one {@link Refusal}; from then on every byte is dropped.
 */
final class RequestDecoder extends HttpRequestDecoder {
    /** Bytes of further requests that may wait behind a running one. */
    static final int READ_AHEAD = 64 * 1024;

    /** Pieces in which a body is passed on: as large as they come. */
    private static final int BODY_PIECE = 1024 * 1024;

    /** The client has closed its half: include/net/tcp_states.h of Linux. */
    private static final int TCP_CLOSE_WAIT = 8;

    private final HeadRules rules;
    private boolean inHead = true;
    private boolean gateClosed;
    private boolean discarding;
    private boolean paused;
    /** Paused, and the read that led to it is over; with epoll only. */
    private boolean still;

    private boolean reading;
    /** Bytes at the front of the buffer that {@link #rules} has seen and the parser has not taken. */
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

    /** True when some but not all bytes of a head have come. */
    boolean insideHead() {
        return rules.insideHead();
    }

    /** Bytes that have come and are neither a whole head nor part of a body. */
    int waitingBytes() {
        return actualReadableBytes();
    }

    /** True when bytes of a further request wait. */
    boolean hasWaiting() {
        return actualReadableBytes() > 0;
    }

    /** Drops what waits and what comes. */
    void discard(ChannelHandlerContext connection) {
        discarding = true;
        resumeReading(connection);
    }

    /** Opens the gate for the next request, and decodes it as far as it waits. */
    void next(ChannelHandlerContext connection) {
        gateClosed = false;
        resumeReading(connection);
        // Inside channelRead its loop goes on by itself; a nested call would recurse once per pipelined request.
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
            // Epoll reads a paused connection only because the client closed it (EPOLLRDHUP), only once, and then does
            // not tell again: what is left of the stream would hide its end.
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
            // The inherited method asks for more bytes whenever it decoded none: that would undo the pause.
            ctx.fireChannelReadComplete();
        } else {
            super.channelReadComplete(ctx);
        }
    }

    /**
     * The pause begins. What comes later than this comes with EPOLLRDHUP; one that came earlier was consumed by the read
     * that just ended, so the kernel is asked.
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
