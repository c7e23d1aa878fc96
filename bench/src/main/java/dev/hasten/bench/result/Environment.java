package dev.hasten.bench.result;

/**
 * Where a report was made.
 *
 * @param target address of the server, without its key
 * @param server what runs there, such as {@code started by hasten bench}
 * @param cores of the generator's machine
 * @param os its system
 * @param jvm of the generator
 * @param version of the generator
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
