package dev.hasten.bench.result;

/**
 * The environment of a run.
 *
 * @param target address of the server, without its key
 * @param server description of the server, such as {@code started by hasten bench}
 * @param cores number of cores of the load generator's machine
 * @param os its operating system
 * @param jvm JVM of the load generator
 * @param version version of the load generator
 */
public record Environment(String target, String server, int cores, String os, String jvm, String version) {
    /** This machine and JVM. */
    public static Environment here(String target, String server, String version) {
        return new Environment(
                target,
                server,
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch"),
                System.getProperty("java.vm.name") + " " + Runtime.version(),
                version);
    }
}
