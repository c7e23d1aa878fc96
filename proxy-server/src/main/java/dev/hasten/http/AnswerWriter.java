package dev.hasten.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.AsciiString;
import java.util.List;

/** The sending half of a connection: each answer is one write and flush, with a Content-Length. */
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

    private final boolean plain;

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

    /** Writes the answer and takes over its body. */
    ChannelFuture write(ChannelHandlerContext ctx, Answer answer, String requestId, boolean headOnly, boolean close) {
        ByteBuf body = answer.body();
        int length = body.readableBytes();
        // A heap buffer has to be copied on its way to the socket: copied behind the head it costs no second buffer.
        boolean joined = plain && !headOnly && !body.isDirect();
        ByteBuf head = ctx.alloc().buffer(TYPICAL_HEAD + 64 * answer.headers().size() + (joined ? length : 0));
        writeHead(head, answer, length, requestId, close);
        if (joined || headOnly || length == 0) {
            if (joined) {
                head.writeBytes(body, body.readerIndex(), length);
            }
            answer.release();
            return ctx.writeAndFlush(head);
        }
        var _ = ctx.write(head, ctx.voidPromise());
        return ctx.writeAndFlush(body);
    }

    /** Bytes that the kernel has not taken yet. */
    long unsentBytes(ChannelHandlerContext ctx) {
        ChannelOutboundBuffer outbound = ctx.channel().unsafe().outboundBuffer();
        return outbound == null ? 0 : outbound.totalPendingWriteBytes() - outbound.currentProgress();
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
