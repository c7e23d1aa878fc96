package dev.hasten;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The arrows between the packages: a request's way, and nothing against it. */
class ArchitectureTest {
    private final JavaClasses classes = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            // What WebAssembly was translated to is a million instructions, and nobody's code.
            .withImportOption(location -> !location.contains("/WasmMachine"))
            .importPackages("dev.hasten");

    @Test
    void packagesDependOnEachOtherOnlyAlongARequestsWay() {
        layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage("dev.hasten..")
                .layer("protocol")
                .definedBy("dev.hasten.protocol..")
                .layer("config")
                .definedBy("dev.hasten.config..")
                .layer("memory")
                .definedBy("dev.hasten.memory..")
                .layer("deadline")
                .definedBy("dev.hasten.deadline..")
                .layer("http")
                .definedBy("dev.hasten.http..")
                .layer("auth")
                .definedBy("dev.hasten.auth..")
                .layer("postgres")
                .definedBy("dev.hasten.postgres..")
                .layer("plan")
                .definedBy("dev.hasten.plan..")
                .layer("cache")
                .definedBy("dev.hasten.cache..")
                .layer("invalidation")
                .definedBy("dev.hasten.invalidation..")
                .layer("transaction")
                .definedBy("dev.hasten.transaction..")
                .layer("telemetry")
                .definedBy("dev.hasten.telemetry..")
                .layer("compiler")
                .definedBy("dev.hasten.compiler..")
                .layer("schema")
                .definedBy("dev.hasten.schema..")
                .layer("request")
                .definedBy("dev.hasten.request..")
                .layer("prisma")
                .definedBy("dev.hasten.prisma..")
                .layer("remoteexecutor")
                .definedBy("dev.hasten.remoteexecutor..")
                .layer("dataproxy")
                .definedBy("dev.hasten.dataproxy..")
                .layer("sql")
                .definedBy("dev.hasten.sql..")
                .layer("server")
                .definedBy("dev.hasten.server..")
                .whereLayer("protocol")
                .mayNotAccessAnyLayer()
                .whereLayer("config")
                .mayOnlyAccessLayers("protocol")
                .whereLayer("memory")
                .mayNotAccessAnyLayer()
                .whereLayer("deadline")
                .mayOnlyAccessLayers("memory")
                .whereLayer("http")
                .mayOnlyAccessLayers("memory")
                .whereLayer("auth")
                .mayOnlyAccessLayers("protocol", "config")
                .whereLayer("postgres")
                .mayOnlyAccessLayers("protocol", "memory", "deadline")
                .whereLayer("plan")
                .mayOnlyAccessLayers("protocol", "memory", "deadline", "postgres", "prisma")
                .whereLayer("transaction")
                .mayOnlyAccessLayers("protocol", "memory", "deadline", "postgres", "prisma", "plan")
                .whereLayer("cache")
                .mayOnlyAccessLayers("protocol", "memory", "deadline")
                .whereLayer("telemetry")
                .mayOnlyAccessLayers("protocol", "memory", "deadline", "config", "postgres", "plan", "cache")
                .whereLayer("request")
                .mayOnlyAccessLayers(
                        "protocol",
                        "memory",
                        "deadline",
                        "http",
                        "auth",
                        "postgres",
                        "prisma",
                        "plan",
                        "transaction",
                        "cache",
                        "schema",
                        "telemetry")
                .whereLayer("compiler")
                .mayNotAccessAnyLayer()
                .whereLayer("schema")
                .mayOnlyAccessLayers("protocol", "memory", "deadline", "compiler", "postgres", "plan")
                .whereLayer("prisma")
                .mayOnlyAccessLayers("protocol", "postgres")
                .whereLayer("remoteexecutor")
                .mayOnlyAccessLayers(
                        "protocol",
                        "memory",
                        "deadline",
                        "http",
                        "auth",
                        "postgres",
                        "prisma",
                        "plan",
                        "transaction",
                        "cache",
                        "request",
                        "telemetry")
                .whereLayer("dataproxy")
                .mayOnlyAccessLayers(
                        "protocol",
                        "memory",
                        "deadline",
                        "http",
                        "auth",
                        "postgres",
                        "prisma",
                        "plan",
                        "transaction",
                        "cache",
                        "schema",
                        "request",
                        "telemetry")
                .whereLayer("sql")
                .mayOnlyAccessLayers(
                        "protocol",
                        "memory",
                        "deadline",
                        "http",
                        "auth",
                        "postgres",
                        "plan",
                        "transaction",
                        "cache",
                        "request",
                        "telemetry")
                .whereLayer("invalidation")
                .mayOnlyAccessLayers("protocol", "http", "cache", "request")
                .whereLayer("server")
                .mayNotBeAccessedByAnyLayer()
                .check(classes);
    }

    @Test
    void noTwoPackagesDependOnEachOther() {
        slices().matching("dev.hasten.(*)..").should().beFreeOfCycles().check(classes);
    }

    @Test
    void theWireFormatsKnowNeitherSocketsNorDatabases() {
        noClasses()
                .that()
                .resideInAPackage("dev.hasten.protocol..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.netty..", "java.sql..", "org.postgresql..", "java.net.http..")
                .check(classes);
    }

    @Test
    void onlyPostgresAndConfigKnowTheDriver() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.hasten.postgres..", "dev.hasten.config..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.postgresql..", "com.zaxxer..", "java.sql..", "javax.sql..")
                .check(classes);
    }

    @Test
    void onlyTheQueryCompilerKnowsWebAssembly() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.hasten.compiler..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.dylibso..")
                .check(classes);
    }

    @Test
    void nothingIsStaticAndChanges() {
        fields().that().haveModifier(JavaModifier.STATIC).should().beFinal().check(classes);
    }

    @Test
    void nothingIsPrintedPastTheLog() {
        noClasses().should().accessField(System.class, "out").check(classes);
        noClasses().should().accessField(System.class, "err").check(classes);
    }
}
