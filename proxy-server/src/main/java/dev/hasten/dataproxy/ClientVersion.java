package dev.hasten.dataproxy;

import dev.hasten.protocol.ApiError;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The version of a client, which determines the format of responses and errors. */
record ClientVersion(int major, int minor, int patch) {
    private static final Pattern FORM = Pattern.compile("(\\d{1,4})\\.(\\d{1,4})\\.(\\d{1,4})");
    private static final int OLDEST = 5;
    private static final int NEWEST = 6;

    /**
     * Reads {@code x.y.z}.
     *
     * @throws ApiError P6006 if the version is malformed or not supported
     */
    static ClientVersion of(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw unsupported("Invalid client version in the path; expected a version such as 6.19.0.");
        }
        ClientVersion version = new ClientVersion(
                Integer.parseInt(matcher.group(1)),
                Integer.parseInt(matcher.group(2)),
                Integer.parseInt(matcher.group(3)));
        if (version.major < OLDEST) {
            throw unsupported(
                    "Prisma Client " + version + " is not supported because it sends GraphQL instead of JSON.");
        }
        if (version.major > NEWEST) {
            throw unsupported("Prisma Client " + version + " does not use the data proxy protocol.");
        }
        return version;
    }

    private static ApiError unsupported(String problem) {
        return ApiError.unsupportedVersion(problem
                + " Supported versions are 5.0.0 to 6.x generated without an engine, and 6.16.0 to 7.x with the client"
                + " engine.");
    }

    boolean isAtLeast(int wantedMajor, int wantedMinor) {
        return major > wantedMajor || (major == wantedMajor && minor >= wantedMinor);
    }

    @Override
    public String toString() {
        return major + "." + minor + "." + patch;
    }
}
