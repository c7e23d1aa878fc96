package dev.hasten.admin;

/** The version of Hasten. */
public final class HastenVersion {
    private HastenVersion() {}

    /** The version in the manifest of the jar, or {@code development} if this build was not packaged. */
    public static String text() {
        String version = HastenVersion.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
