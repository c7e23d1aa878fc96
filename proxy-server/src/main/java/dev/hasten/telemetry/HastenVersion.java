package dev.hasten.telemetry;

/** The version of Hasten. */
public final class HastenVersion {
    private HastenVersion() {}

    /** The version in the manifest of the jar; {@code development} if the classes are not in a jar, as in tests. */
    public static String text() {
        String version = HastenVersion.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
