package dev.hasten.admin;

/** Which Hasten this is. */
public final class HastenVersion {
    private HastenVersion() {}

    /** The version in the jar's manifest; a build that was not packaged says so. */
    public static String text() {
        String version = HastenVersion.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
