package dev.hasten.request;

import dev.hasten.cache.CachedAnswer.Freshness;
import dev.hasten.http.Answer;
import dev.hasten.http.Exchange;
import dev.hasten.protocol.HttpDate;
import java.time.InstantSource;

/** The headers that {@code @prisma/extension-accelerate} reads; source: its {@code withAccelerateInfo}. */
public final class AccelerateHeaders {
    private final String region;
    private final InstantSource clock = InstantSource.system();
    private final HttpDate dates = new HttpDate();

    /** @param region of this server, as configured */
    public AccelerateHeaders(String region) {
        // The extension takes what stands between the first dash and the second.
        this.region = "-" + region.replace('-', '_');
    }

    /** The time, as a header says it. */
    String now() {
        return dates.format(clock.instant());
    }

    /** Names the request and where it was answered. */
    public Answer addRay(Answer answer, Exchange exchange) {
        return answer.header("cf-ray", exchange.requestId() + region);
    }

    /**
     * Says all about an answer.
     *
     * @param lastModified when its data was read, as a header says it
     * @param ageSeconds since then
     * @param signature of the request
     */
    Answer add(
            Answer answer,
            Exchange exchange,
            Freshness freshness,
            String lastModified,
            long ageSeconds,
            String signature) {
        return addRay(answer, exchange)
                .header("accelerate-cache-status", freshness.text())
                .header("last-modified", lastModified)
                .header("age", Long.toString(ageSeconds))
                .header("accelerate-signature", signature);
    }
}
