package dev.hasten.testing;

import dev.hasten.activity.RequestActivity;
import dev.hasten.auth.ApiKey;
import dev.hasten.auth.KeyMeter;
import dev.hasten.config.KeyScope;
import java.time.Instant;

/** Requests of a key named "test" for the database "default". */
public final class TestActivity {
    private TestActivity() {}

    /** A request with this id. */
    public static RequestActivity of(String requestId) {
        return new RequestActivity(
                new RequestActivity.Origin(
                        requestId,
                        new ApiKey(
                                "config:test", "test", "default", KeyScope.DEFAULT, null, null, ApiKey.Source.CONFIG),
                        new KeyMeter(Instant.EPOCH),
                        "/test"),
                System.nanoTime());
    }
}
