package dev.hasten.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.AsciiString;
import java.util.List;

/**
 * The sending half of a connection. A small answer is one write; a large one is written piece by piece, each when the
 * kernel has taken the one before. So what a client is slow to take is in memory once, as the body, and not copied to the
 * socket's buffers, which would fill the direct memory of the whole process.
 */
final class AnswerWriter {
    private static final AsciiString VERSION = AsciiString.cached("HTTP/1.1 ");
    private static final AsciiString CONTENT_TYPE = AsciiString.cached("\r\ncontent-type: ");
    private static final AsciiString CONTENT_LENGTH = AsciiString.cached("\r\ncontent-length: ");
    private static final AsciiString REQUEST_ID = AsciiString.cached("\r\nx-request-id: ");
    private static final AsciiString CONNECTION_CLOSE = AsciiString.cached("\r\nconnection: close");
    private static final AsciiString END = AsciiString.cached("\r\n\r\n");
    private static final AsciiString CONTINUE = AsciiString.cached("HTTP/1.1 100 Continue\r\n\r\n");
    /** Enough for the head of an answer without headers of its own. */
    private static final int TYPICAL_HEAD = 192;

    /** Bytes of a body that are written at a time. */
    static final int PIECE = 64 * 1024;

    private static final byte[] NOTHING = {};

    private final boolean plain;
    private byte[] body = NOTHING;
    private int position;
    private int end;

    /**
     * A writer of one connection.
     *
     * @param plain true when bytes go to the socket as they are, not through TLS
     */
    AnswerWriter(boolean plain) {
        this.plain = plain;
    }

    /** Tells a client that waits with its body to send it. */
    void writeContinue(ChannelHandlerContext ctx) {
        ByteBuf line = ctx.alloc().buffer(CONTINUE.length());
        ByteBufUtil.copy(CONTINUE, line);
        var _ = ctx.writeAndFlush(line);
    }

    /** Writes the answer, up to the end of the first piece of its body. */
    ChannelFuture write(ChannelHandlerContext ctx, Answer answer, String requestId, boolean headOnly, boolean close) {
        body = answer.body();
        position = 0;
        end = headOnly ? 0 : answer.length();
        int first = plain ? Math.min(end, PIECE) : 0;
        ByteBuf head = ctx.alloc().buffer(TYPICAL_HEAD + 64 * answer.headers().size() + first);
        writeHead(head, answer, answer.length(), requestId, close);
        // The bytes have to be copied on their way to the socket: behind the head they need no second buffer.
        head.writeBytes(body, 0, first);
        position = first;
        if (plain || end == 0) {
            return ctx.writeAndFlush(head);
        }
        var _ = ctx.write(head, ctx.voidPromise());
        return writeMore(ctx);
    }

    /** Whether a piece of the body is left to write. */
    boolean hasMore() {
        return position < end;
    }

    /** Writes the next piece. */
    ChannelFuture writeMore(ChannelHandlerContext ctx) {
        int length = Math.min(end - position, PIECE);
        ByteBuf piece = plain
                ? ctx.alloc().buffer(length).writeBytes(body, position, length)
                // TLS encrypts into a buffer of its own.
                : Unpooled.wrappedBuffer(body, position, length);
        position += length;
        return ctx.writeAndFlush(piece);
    }

    /** Forgets the body. */
    void end() {
        body = NOTHING;
        position = 0;
        end = 0;
    }

    /** Bytes that the kernel has not taken yet. */
    long unsentBytes(ChannelHandlerContext ctx) {
        ChannelOutboundBuffer outbound = ctx.channel().unsafe().outboundBuffer();
        return end - position + (outbound == null ? 0 : outbound.totalPendingWriteBytes() - outbound.currentProgress());
    }

    /** Tells the client that nothing more will come, and can still be read from. */
    void closeOutput(ChannelHandlerContext ctx) {
        SslHandler tls = ctx.pipeline().get(SslHandler.class);
        if (tls != null) {
            var _ = tls.closeOutbound();
        } else {
            var _ = ((DuplexChannel) ctx.channel()).shutdownOutput();
        }
    }

    private static void writeHead(ByteBuf head, Answer answer, int length, String requestId, boolean close) {
        HttpResponseStatus status = HttpResponseStatus.valueOf(answer.status());
        ByteBufUtil.copy(VERSION, head);
        ByteBufUtil.copy(status.codeAsText(), head);
        head.writeByte(' ');
        ByteBufUtil.writeAscii(head, status.reasonPhrase());
        if (answer.contentType() != null) {
            ByteBufUtil.copy(CONTENT_TYPE, head);
            ByteBufUtil.writeAscii(head, answer.contentType());
        }
        // RFC 9110 section 8.6: none with 204.
        if (answer.status() != HttpResponseStatus.NO_CONTENT.code()) {
            ByteBufUtil.copy(CONTENT_LENGTH, head);
            ByteBufUtil.writeAscii(head, Integer.toString(length));
        }
        ByteBufUtil.copy(REQUEST_ID, head);
        ByteBufUtil.writeAscii(head, requestId);
        List<String> headers = answer.headers();
        for (int i = 0; i < headers.size(); i += 2) {
            head.writeByte('\r').writeByte('\n');
            ByteBufUtil.writeAscii(head, headers.get(i));
            head.writeByte(':').writeByte(' ');
            ByteBufUtil.writeAscii(head, headers.get(i + 1));
        }
        if (close) {
            ByteBufUtil.copy(CONNECTION_CLOSE, head);
        }
        ByteBufUtil.copy(END, head);
    }
}
