package dev.hasten.bench.load;

import dev.hasten.bench.http.AnswerDecoder;
import dev.hasten.bench.http.ProtocolException;
import dev.hasten.bench.http.Request;
import dev.hasten.bench.http.Response;
import dev.hasten.bench.http.Values;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/**
 * A persistent connection that runs one operation at a time. The object is reused if the connection must be opened
 * again. Confined to its event loop; has at most one channel at a time.
 */
@ChannelHandler.Sharable
final class Connection extends ChannelInboundHandlerAdapter implements Outbox {
    private final Script own;
    private final Response response = new Response();
    private final AnswerDecoder decoder = new AnswerDecoder(response);
    private @Nullable Driver driver;
    private @Nullable Channel channel;
    private Script script;
    private boolean busy;
    private boolean leaving;
    private String reasonOfEnd = "the connection was closed";

    /** Intended start of the operation, in terms of {@link System#nanoTime}. */
    long intended;

    /** Whether the operation is measured. */
    boolean measured;

    /** When the operation is abandoned. */
    long deadline;

    Connection(Script own) {
        this.own = own;
        this.script = own;
    }

    /** Sets the driver that controls this connection from now on. */
    void attach(Driver driver) {
        this.driver = driver;
    }

    /** Whether an operation is running. */
    boolean isBusy() {
        return busy;
    }

    /** Whether an operation can start. */
    boolean isIdle() {
        return !busy && !leaving && channel != null && channel.isActive();
    }

    /** Starts an operation of the connection's own script. */
    void begin(long intended, boolean measured, long deadline) {
        begin(own, intended, measured, deadline);
    }

    void begin(Script other, long intended, boolean measured, long deadline) {
        this.script = other;
        this.intended = intended;
        this.measured = measured;
        this.deadline = deadline;
        busy = true;
        script.begin(this);
    }

    @Override
    public void send(Request request, Values values) {
        Channel to = channel;
        if (to == null) {
            throw new IllegalStateException("not connected");
        }
        // If writing fails, the connection is closed, which is handled in channelInactive.
        var _ = to.writeAndFlush(request.encode(to.alloc(), values), to.voidPromise());
    }

    /** Abandons the operation and closes the connection, because the response may still arrive. */
    void abandon(String reason) {
        reasonOfEnd = reason;
        close();
    }

    void close() {
        Channel open = channel;
        if (open != null) {
            var _ = open.close();
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        channel = ctx.channel();
        leaving = false;
        reasonOfEnd = "the connection was closed";
        decoder.reset();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        try {
            while (decoder.read(in)) {
                Driver current = driver;
                if (!busy || current == null) {
                    throw new ProtocolException("an unexpected response");
                }
                responded(current);
            }
        } finally {
            in.release();
        }
    }

    private void responded(Driver current) {
        if (measured) {
            current.recorder.respond(response);
        }
        leaving |= response.closes();
        switch (script.responded(response, this)) {
            case Outcome.More _ -> {}
            case Outcome.Done(int kind) -> {
                busy = false;
                current.succeeded(this, kind, System.nanoTime());
            }
            case Outcome.Failed(String reason) -> {
                busy = false;
                current.failed(this, reason);
            }
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        reasonOfEnd = cause instanceof ProtocolException
                ? String.valueOf(cause.getMessage())
                : "the connection failed: " + cause;
        var _ = ctx.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        channel = null;
        Driver current = driver;
        if (current == null) {
            return;
        }
        if (busy) {
            busy = false;
            current.failed(this, reasonOfEnd);
        }
        current.disconnected(this);
    }
}
