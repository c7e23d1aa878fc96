package dev.hasten.caching;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hasten.http.Response;
import java.util.Arrays;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Adds the telemetry that a client requested to a response that is already JSON. */
public final class Extensions {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final byte[] NEXT = ",\"extensions\":".getBytes(UTF_8);
    private static final byte[] FIRST = "\"extensions\":".getBytes(UTF_8);
    private static final int EMPTY_OBJECT = 2;

    private Extensions() {}

    /** A response with status 200 and the JSON object, to which the member {@code extensions} is added. */
    public static Response response(byte[] object, Map<String, ?> extensions) {
        byte[] name = object.length > EMPTY_OBJECT ? NEXT : FIRST;
        byte[] value = JSON.writeValueAsBytes(extensions);
        byte[] whole = Arrays.copyOf(object, object.length + name.length + value.length);
        int end = object.length - 1;
        System.arraycopy(name, 0, whole, end, name.length);
        System.arraycopy(value, 0, whole, end + name.length, value.length);
        whole[whole.length - 1] = '}';
        return Response.json(200, whole);
    }
}
