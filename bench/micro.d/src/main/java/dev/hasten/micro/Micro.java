package dev.hasten.micro;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormat;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs benchmarks one after the other, and prints a line for each: {@code Micro [pattern] [--quick]}. Shows the output
 * of JMH only for benchmarks that fail. Exits with 1 if a benchmark failed, with 2 if none matches the pattern.
 */
public final class Micro {
    private static final String ROOT = "dev.hasten.";

    /** JMH's name for the bytes allocated per operation. */
    private static final String ALLOCATED = "gc.alloc.rate.norm";

    private final boolean quick;
    private final Path log;

    private Micro(boolean quick, Path log) {
        this.quick = quick;
        this.log = log;
    }

    /** Runs the benchmarks and exits. */
    public static void main(String[] arguments) throws IOException {
        List<String> patterns = new ArrayList<>(List.of(arguments));
        boolean quick = patterns.remove("--quick");
        String pattern = String.join("|", patterns);
        List<String> names = names(pattern);
        if (names.isEmpty()) {
            System.err.println("micro: no benchmark matches " + pattern);
            System.exit(2);
        }
        Path log = Files.createTempFile("hasten-micro", ".log");
        try {
            System.exit(new Micro(quick, log).runAll(names) ? 0 : 1);
        } finally {
            Files.deleteIfExists(log);
        }
    }

    private static List<String> names(String pattern) {
        Predicate<String> wanted = Pattern.compile(pattern).asPredicate();
        OutputFormat silent = OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT);
        return BenchmarkList.defaultList().find(silent, List.of(), List.of()).stream()
                .map(BenchmarkListEntry::getUsername)
                .filter(name -> wanted.test(shown(name)))
                .toList();
    }

    private boolean runAll(List<String> names) throws IOException {
        int width = names.stream().mapToInt(name -> shown(name).length()).max().orElse(0);
        System.out.printf("%-" + width + "s %12s %10s %12s%n", "benchmark", "ns/op", "error", "B/op");
        boolean passed = true;
        for (String name : names) {
            try {
                RunResult result = run(name);
                Result<?> time = result.getPrimaryResult();
                Result<?> bytes = requireNonNull(result.getSecondaryResults().get(ALLOCATED), ALLOCATED);
                System.out.printf(
                        "%-" + width + "s %12.1f %10s %12.0f%n",
                        shown(name),
                        time.getScore(),
                        error(time.getScoreError()),
                        bytes.getScore());
            } catch (RunnerException | RuntimeException e) {
                passed = false;
                System.out.printf("%-" + width + "s       FAILED%n", shown(name));
                try (Stream<String> lines = Files.lines(log)) {
                    lines.forEach(System.err::println);
                }
                System.err.println(e);
            }
        }
        return passed;
    }

    private RunResult run(String name) throws RunnerException {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include("^" + Pattern.quote(name) + "$")
                .mode(Mode.AverageTime)
                .timeUnit(TimeUnit.NANOSECONDS)
                .addProfiler(GCProfiler.class)
                .shouldFailOnError(true)
                .output(log.toString());
        if (quick) {
            options.forks(0).warmupIterations(0).measurementIterations(1).measurementTime(TimeValue.milliseconds(100));
        } else {
            options.forks(1)
                    .warmupIterations(10)
                    .warmupTime(TimeValue.seconds(1))
                    .measurementIterations(5)
                    .measurementTime(TimeValue.seconds(1));
        }
        Collection<RunResult> results = new Runner(options.build()).run();
        return results.iterator().next();
    }

    /** Returns the name without its common parts, such as {@code plan.PlanInterpreter.findUnique}. */
    private static String shown(String name) {
        return name.substring(name.startsWith(ROOT) ? ROOT.length() : 0).replace("Benchmark.", ".");
    }

    /** Formats half of the 99.9 % confidence interval, which does not exist for a single iteration. */
    private static String error(double error) {
        return Double.isNaN(error) ? "-" : "± %.1f".formatted(error);
    }
}
