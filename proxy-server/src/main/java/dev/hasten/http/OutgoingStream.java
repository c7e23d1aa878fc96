package dev.hasten.http;

import static java.util.Objects.requireNonNull;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The state of a response that is sent in parts. Confined to the event loop of its connection. */
final class OutgoingStream {
    private final ResponseWriter writer;
    private final boolean chunked;
    private @Nullable CompletableFuture<Boolean> accepted;
    private @Nullable ChannelHandlerContext writing;
    private int part;
    private long bytes;

    /** @param chunked whether the parts are chunks; otherwise the end of the connection ends the body */
    OutgoingStream(ResponseWriter writer, boolean chunked) {
        this.writer = writer;
        this.chunked = chunked;
    }

    /** Begins to write a part; {@link #written} must be called when it is written. */
    ChannelFuture write(ChannelHandlerContext ctx, byte[] data, int length, CompletableFuture<Boolean> whenAccepted) {
        accepted = whenAccepted;
        writing = ctx;
        part = length;
        return writer.writePart(ctx, data, length, chunked);
    }

    /** Ends the current part, if there is one. */
    void written(boolean success) {
        CompletableFuture<Boolean> waiting = accepted;
        if (waiting == null) {
            return;
        }
        accepted = null;
        writer.end();
        if (success) {
            bytes += part;
            if (chunked) {
                var _ = writer.writeEndOfChunk(requireNonNull(writing));
            }
        }
        waiting.complete(success);
    }

    /** Ends the body. */
    ChannelFuture end(ChannelHandlerContext ctx) {
        return chunked ? writer.writeLastChunk(ctx) : ctx.newSucceededFuture();
    }

    /** How many bytes of the body were written. */
    long bytes() {
        return bytes;
    }
}
