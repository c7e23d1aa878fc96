package dev.hasten;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The dependencies between the packages of all modules. */
class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("-tests.jar"))
            // Excluded because it is generated from WebAssembly: a million instructions.
            .withImportOption(location -> !location.contains("/WasmMachine"))
            .importPackages("dev.hasten");

    /** The packages that each package may use in addition to itself, in the order of the dependencies. */
    private static final Map<String, String> MAY_USE = new TreeMap<>(
            Map.ofEntries(
                    Map.entry("protocol", ""),
                    Map.entry("compiler", ""),
                    Map.entry("memory", ""),
                    Map.entry("files", ""),
                    Map.entry("config", "protocol"),
                    Map.entry("deadline", "memory"),
                    Map.entry("json", "protocol memory deadline"),
                    Map.entry("http", "memory files"),
                    Map.entry("auth", "protocol config files"),
                    Map.entry("audit", "files"),
                    Map.entry("activity", "http auth postgres insights"),
                    Map.entry("postgres", "protocol memory deadline"),
                    Map.entry("prisma", "protocol json postgres"),
                    Map.entry("insights", "postgres"),
                    Map.entry("cache", "protocol memory deadline insights"),
                    Map.entry("proof", "protocol deadline postgres cache"),
                    Map.entry("plan", "protocol memory deadline json postgres prisma cache proof"),
                    Map.entry("writes", "deadline cache postgres proof"),
                    Map.entry("stream", "cache postgres"),
                    Map.entry("transaction", "protocol deadline postgres prisma plan writes"),
                    Map.entry("schema", "protocol files memory deadline compiler postgres insights plan"),
                    Map.entry(
                            "telemetry",
                            "protocol memory deadline config auth audit postgres plan cache insights activity"),
                    Map.entry(
                            "admission",
                            "protocol memory deadline config http auth postgres plan transaction cache proof writes stream schema telemetry"
                                    + " insights activity"),
                    Map.entry(
                            "caching",
                            "protocol memory deadline json http auth cache proof telemetry admission insights activity"),
                    Map.entry("invalidation", "protocol deadline config http auth postgres cache admission caching"),
                    Map.entry("explain", "protocol deadline postgres cache proof stream admission"),
                    Map.entry(
                            "remoteexecutor",
                            "protocol deadline config json http postgres prisma proof plan transaction telemetry admission activity"
                                    + " caching"),
                    Map.entry(
                            "dataproxy",
                            "protocol memory deadline config json http postgres prisma cache proof plan transaction schema telemetry"
                                    + " admission caching"),
                    Map.entry(
                            "sql",
                            "protocol memory deadline config json http auth postgres transaction telemetry admission cache proof"
                                    + " caching activity"),
                    Map.entry("otlp", "config http auth activity insights postgres"),
                    Map.entry(
                            "server",
                            "otlp protocol memory deadline config http auth postgres plan transaction cache proof writes stream schema telemetry"
                                    + " admission caching invalidation explain remoteexecutor dataproxy sql insights activity"
                                    + " audit"),
                    Map.entry(
                            "admin",
                            "protocol files memory deadline config http auth postgres cache stream schema transaction telemetry admission invalidation"
                                    + " explain proof server insights activity audit"),
                    Map.entry("bench", "protocol"),
                    Map.entry(
                            "cli",
                            "protocol files memory deadline config http auth postgres telemetry admission server admin bench")));

    @Test
    void packagesUseOnlyAllowedPackages() {
        MAY_USE.forEach((name, used) -> classes()
                .that()
                .resideInAPackage(all(name))
                .should()
                .onlyDependOnClassesThat(resideOutsideOfPackage("dev.hasten..")
                        .or(resideInAnyPackage(Stream.concat(
                                        Stream.of(name),
                                        Arrays.stream(used.split(" ")).filter(word -> !word.isEmpty()))
                                .map(ArchitectureTest::all)
                                .toArray(String[]::new))))
                .check(CLASSES));
    }

    private static String all(String name) {
        return "dev.hasten." + name + "..";
    }

    @Test
    void everyPackageIsListed() {
        Set<String> packages = CLASSES.stream()
                .map(type -> type.getPackageName().split("\\.", -1)[2])
                .collect(Collectors.toSet());
        assertThat(packages).containsExactlyInAnyOrderElementsOf(MAY_USE.keySet());
    }

    @Test
    void noTwoPackagesDependOnEachOther() {
        slices().matching("dev.hasten.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void wireFormatsUseNeitherSocketsNorDatabases() {
        noClasses()
                .that()
                .resideInAPackage("dev.hasten.protocol..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.netty..", "java.sql..", "org.postgresql..", "java.net.http..")
                .check(CLASSES);
    }

    @Test
    void onlyPostgresAndConfigUseTheDriver() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.hasten.postgres..", "dev.hasten.config..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.postgresql..", "com.zaxxer..", "java.sql..", "javax.sql..")
                .check(CLASSES);
    }

    @Test
    void protocolsUseNoNetty() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "dev.hasten.remoteexecutor..",
                        "dev.hasten.dataproxy..",
                        "dev.hasten.sql..",
                        "dev.hasten.caching..",
                        "dev.hasten.cache..",
                        "dev.hasten.transaction..",
                        "dev.hasten.plan..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.netty..")
                .check(CLASSES);
    }

    @Test
    void onlyTheQueryCompilerUsesWebAssembly() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.hasten.compiler..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.dylibso..")
                .check(CLASSES);
    }

    @Test
    void staticFieldsAreFinal() {
        fields().that().haveModifier(JavaModifier.STATIC).should().beFinal().check(CLASSES);
    }

    @Test
    void onlyTheCommandLinePrints() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.hasten.cli..", "dev.hasten.bench..")
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .check(CLASSES);
    }
}
