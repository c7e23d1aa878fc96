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
 * The sending side of a connection. A small response is a single write. A large one is written in pieces, each after
 * the kernel has accepted the previous one. The body of a response to a slow client is therefore in memory only once
 * and is not copied to socket buffers, which would exhaust the direct memory of the process.
 */
final class ResponseWriter {
    private static final AsciiString VERSION = AsciiString.cached("HTTP/1.1 ");
    private static final AsciiString CONTENT_TYPE = AsciiString.cached("\r\ncontent-type: ");
    private static final AsciiString CONTENT_LENGTH = AsciiString.cached("\r\ncontent-length: ");
    private static final AsciiString TRANSFER_CHUNKED = AsciiString.cached("\r\ntransfer-encoding: chunked");
    private static final AsciiString REQUEST_ID = AsciiString.cached("\r\nx-request-id: ");
    private static final AsciiString CONNECTION_CLOSE = AsciiString.cached("\r\nconnection: close");
    private static final AsciiString END = AsciiString.cached("\r\n\r\n");
    private static final AsciiString CONTINUE = AsciiString.cached("HTTP/1.1 100 Continue\r\n\r\n");
    /** Enough for the head of a response without additional headers. */
    private static final int TYPICAL_HEAD = 192;

    /** Instead of a length: the body is chunked. */
    private static final int CHUNKED = -1;

    /** Instead of a length: there is no body, or the end of the connection is its end. */
    private static final int NO_LENGTH = -2;

    /** Maximum number of body bytes per write. */
    static final int PIECE = 64 * 1024;

    private static final byte[] NOTHING = {};

    private final boolean plain;
    private byte[] body = NOTHING;
    private int position;
    private int end;

    /**
     * Creates the writer of one connection.
     *
     * @param plain true if the connection does not use TLS
     */
    ResponseWriter(boolean plain) {
        this.plain = plain;
    }

    /** Sends {@code 100 Continue} to a client that waits before sending the body. */
    void writeContinue(ChannelHandlerContext ctx) {
        ByteBuf line = ctx.alloc().buffer(CONTINUE.length());
        ByteBufUtil.copy(CONTINUE, line);
        var _ = ctx.writeAndFlush(line);
    }

    /** Writes the response up to the end of the first piece of its body. */
    ChannelFuture write(
            ChannelHandlerContext ctx, Response response, String requestId, boolean headOnly, boolean close) {
        body = response.body();
        position = 0;
        end = headOnly ? 0 : response.length();
        int first = plain ? Math.min(end, PIECE) : 0;
        ByteBuf head = ctx.alloc().buffer(TYPICAL_HEAD + 64 * response.headers().size() + first);
        // RFC 9110 section 8.6: a 204 response must not have Content-Length.
        boolean hasLength = response.status() != HttpResponseStatus.NO_CONTENT.code();
        writeHead(head, response, hasLength ? response.length() : NO_LENGTH, requestId, close);
        // The bytes must be copied to a direct buffer anyway; appending them to the head avoids a second buffer.
        head.writeBytes(body, 0, first);
        position = first;
        if (plain || end == 0) {
            return ctx.writeAndFlush(head);
        }
        var _ = ctx.write(head, ctx.voidPromise());
        return writeMore(ctx);
    }

    /** Writes the head of a response whose body follows in chunks, or without framing if the client only knows HTTP/1.0. */
    ChannelFuture writeStreamHead(
            ChannelHandlerContext ctx, Response response, String requestId, boolean chunked, boolean close) {
        ByteBuf head = ctx.alloc().buffer(TYPICAL_HEAD + 64 * response.headers().size());
        writeHead(head, response, chunked ? CHUNKED : NO_LENGTH, requestId, close);
        return ctx.writeAndFlush(head);
    }

    /** Writes the beginning of a part of a body; {@link #writeMore} writes the rest. */
    ChannelFuture writePart(ChannelHandlerContext ctx, byte[] bytes, int length, boolean chunked) {
        body = bytes;
        position = 0;
        end = length;
        if (chunked) {
            var _ = ctx.write(ascii(ctx, Integer.toHexString(length) + "\r\n"), ctx.voidPromise());
        }
        return writeMore(ctx);
    }

    /** Writes the end of a chunk, after its bytes. */
    ChannelFuture writeEndOfChunk(ChannelHandlerContext ctx) {
        return ctx.writeAndFlush(ascii(ctx, "\r\n"));
    }

    /** Writes the last chunk, which is empty. */
    ChannelFuture writeLastChunk(ChannelHandlerContext ctx) {
        return ctx.writeAndFlush(ascii(ctx, "0\r\n\r\n"));
    }

    private static ByteBuf ascii(ChannelHandlerContext ctx, String text) {
        ByteBuf buffer = ctx.alloc().buffer(text.length());
        ByteBufUtil.writeAscii(buffer, text);
        return buffer;
    }

    /** Whether part of the body is still to be written. */
    boolean hasMore() {
        return position < end;
    }

    /** Writes the next piece. */
    ChannelFuture writeMore(ChannelHandlerContext ctx) {
        int length = Math.min(end - position, PIECE);
        ByteBuf piece = plain
                ? ctx.alloc().buffer(length).writeBytes(body, position, length)
                // TLS copies the bytes when it encrypts them into its own buffer.
                : Unpooled.wrappedBuffer(body, position, length);
        position += length;
        return ctx.writeAndFlush(piece);
    }

    /** Releases the body. */
    void end() {
        body = NOTHING;
        position = 0;
        end = 0;
    }

    /** The number of bytes that the kernel has not accepted yet. */
    long unsentBytes(ChannelHandlerContext ctx) {
        ChannelOutboundBuffer outbound = ctx.channel().unsafe().outboundBuffer();
        return end - position + (outbound == null ? 0 : outbound.totalPendingWriteBytes() - outbound.currentProgress());
    }

    /** Closes the output of the connection; input can still be read. */
    void closeOutput(ChannelHandlerContext ctx) {
        SslHandler tls = ctx.pipeline().get(SslHandler.class);
        if (tls != null) {
            var _ = tls.closeOutbound();
        } else {
            var _ = ((DuplexChannel) ctx.channel()).shutdownOutput();
        }
    }

    private static void writeHead(ByteBuf head, Response response, int length, String requestId, boolean close) {
        HttpResponseStatus status = HttpResponseStatus.valueOf(response.status());
        ByteBufUtil.copy(VERSION, head);
        ByteBufUtil.copy(status.codeAsText(), head);
        head.writeByte(' ');
        ByteBufUtil.writeAscii(head, status.reasonPhrase());
        if (response.contentType() != null) {
            ByteBufUtil.copy(CONTENT_TYPE, head);
            ByteBufUtil.writeAscii(head, response.contentType());
        }
        if (length >= 0) {
            ByteBufUtil.copy(CONTENT_LENGTH, head);
            ByteBufUtil.writeAscii(head, Integer.toString(length));
        } else if (length == CHUNKED) {
            ByteBufUtil.copy(TRANSFER_CHUNKED, head);
        }
        ByteBufUtil.copy(REQUEST_ID, head);
        ByteBufUtil.writeAscii(head, requestId);
        List<String> headers = response.headers();
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
