package dev.hasten.sql;

import dev.hasten.admission.RequestContext;
import dev.hasten.deadline.Cancellation;
import dev.hasten.deadline.CancelledException;
import dev.hasten.http.Response;
import dev.hasten.http.ResponseStream;
import dev.hasten.json.JsonBuffer;
import dev.hasten.memory.MemoryUse;
import dev.hasten.postgres.Columns;
import dev.hasten.postgres.StatementResult;
import dev.hasten.protocol.ApiError;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A response in newline-delimited JSON: {@code {"fields": [...]}}, then each row as an array, then {@code {"command",
 * "rowCount"}} or {@code {"error": {...}}}. It starts with the first portion of rows, so errors before that have a status
 * of their own. Used by one thread.
 */
final class SqlStream {
    private static final Logger LOG = LoggerFactory.getLogger(SqlStream.class);

    /** A part is sent when it has at least this size, or at the end of a portion of rows. */
    private static final int PART_BYTES = 64 << 10;

    private final RequestContext request;
    private final ResultTypes types;
    private final boolean rawText;
    private @Nullable ResponseStream stream;
    private @Nullable SqlRows rows;
    /** The command tag of the last portion. */
    private String tag = "";

    private long count;

    SqlStream(RequestContext request, ResultTypes types, boolean rawText) {
        this.request = request;
        this.types = types;
        this.rawText = rawText;
    }

    /** Sends a portion of the result. */
    void send(StatementResult portion) {
        JsonBuffer out = newBuffer();
        SqlRows writer = rows;
        if (writer == null) {
            Columns columns = portion.columns() == null ? Columns.NONE : portion.columns();
            writer = new SqlRows(columns, rawText, types);
            rows = writer;
            writer.fields(out.ascii("{\"fields\":"));
            out.ascii("}\n");
        }
        for (int row = 0; row < portion.rows().size(); row++) {
            out.checkpoint();
            writer.array(out, portion.rows(), row);
            out.raw('\n');
            if (out.size() >= PART_BYTES) {
                write(out);
                out = newBuffer();
            }
        }
        if (out.size() > 0) {
            write(out);
        }
        tag = portion.tag();
        count += portion.rows().size();
        request.activity().addRows(portion.rows().size());
    }

    /** Sends the line after the rows, and ends the response. */
    void complete() {
        JsonBuffer out = JsonBuffer.of(new byte[0]).ascii("{");
        // The tag of a result that was fetched in portions has no count, or that of the last portion.
        SqlRows.tag(out, count == 0 ? tag : tag.replaceFirst(" .*", "") + " " + count);
        last(out.ascii("}\n"));
    }

    /** Sends an error as the last line. Throws it if nothing has been sent yet. */
    void fail(ApiError error) {
        if (stream == null) {
            throw error;
        }
        request.activity().failed(error.code());
        last(JsonBuffer.of(SqlErrors.line(error)));
    }

    /** Logs an exception and sends an error. Throws the exception if nothing has been sent yet. */
    void failUnexpectedly(RuntimeException failure) {
        if (stream == null) {
            throw failure;
        }
        LOG.error("request {} failed", request.exchange().requestId(), failure);
        fail(ApiError.internal(request.exchange().requestId()));
    }

    private JsonBuffer newBuffer() {
        return new JsonBuffer(Integer.MAX_VALUE, 0, request.cancellation());
    }

    private ResponseStream started() {
        ResponseStream known = stream;
        if (known == null) {
            known = request.exchange().stream(Response.bytes(200, SqlStreams.MEDIA_TYPE, new byte[0]));
            stream = known;
        }
        return known;
    }

    /** Waits until the network has accepted the part. Then its memory is free. */
    private void write(JsonBuffer part) {
        CompletableFuture<Boolean> accepted = started().write(part.array(), part.size());
        try {
            if (!request.cancellation().interruptible(accepted::get)) {
                throw new CancelledException(Cancellation.Reason.DISCONNECT);
            }
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
        request.cancellation().memory().set(MemoryUse.RESPONSES, 0);
    }

    /** The request may be cancelled already, for example because of its time limit. */
    private void last(JsonBuffer part) {
        ResponseStream known = started();
        known.write(part.array(), part.size()).join();
        known.end();
    }
}
