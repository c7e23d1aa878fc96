package dev.hasten.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.hasten.config.KeyScope;
import dev.hasten.protocol.ApiError;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class KeyFileTest {
    private static final String KEY = """
            {"id":"abcdefgh","name":"app","database":"main",\
            "sha256":"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",\
            "created":"2026-11-22T12:00:00Z","expires":null}""";

    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void place() {
        file = directory.resolve("state/keys.json");
    }

    private ApiKeys keys() {
        return new ApiKeys(Map.of("main", List.of()), file, Clock.systemUTC());
    }

    private CreatedKey create(String name) {
        try (ApiKeys keys = keys()) {
            return keys.create(name, "main", KeyScope.DEFAULT, null);
        }
    }

    @Test
    void fileHoldsTheHashAndNeverTheToken() throws Exception {
        CreatedKey created = create("app");
        String secret = created.token().substring(created.token().lastIndexOf('_') + 1);
        assertThat(Files.readString(file))
                .doesNotContain(secret)
                .contains("\"version\" : 1")
                .contains(TokenDigest.of(created.token().getBytes(StandardCharsets.US_ASCII))
                        .hex());
        assertThat(new KeyFile(file).list()).containsExactly(created.key());
    }

    @Test
    void onlyTheOwnerCanReadTheFileAndNoTemporaryFilesRemain() throws Exception {
        create("a");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
        create("b");
        assertThat(permissions(file)).isEqualTo("rw-------");
        assertThat(permissions(file.resolveSibling("keys.json.lock"))).isEqualTo("rw-------");
        assertThat(permissions(file.getParent())).isEqualTo("rwx------");
        assertThat(file.getParent().toFile().list()).containsExactlyInAnyOrder("keys.json", "keys.json.lock");
    }

    @Test
    void existingDirectoryKeepsItsPermissions() throws Exception {
        Files.createDirectory(file.getParent());
        Files.setPosixFilePermissions(file.getParent(), PosixFilePermissions.fromString("rwxr-x---"));
        create("a");
        assertThat(permissions(file.getParent())).isEqualTo("rwxr-x---");
    }

    @Test
    void rootLeavesTheFileToTheUserOfTheServer() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "only root can give files away");
        UserPrincipal nobody =
                FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName("nobody");
        Files.createDirectory(file.getParent());
        Files.setOwner(file.getParent(), nobody);
        create("first");
        assertThat(Files.getOwner(file)).isEqualTo(nobody);
        assertThat(Files.getOwner(file.resolveSibling("keys.json.lock"))).isEqualTo(nobody);
        create("second");
        assertThat(Files.getOwner(file)).isEqualTo(nobody);
    }

    @Test
    void symbolicLinkStaysAndItsTargetIsReplaced() throws Exception {
        Path target = directory.resolve("elsewhere/real.json");
        Files.createDirectories(target.getParent());
        Files.createDirectories(file.getParent());
        Files.writeString(target, "{\"version\":1,\"keys\":[]}");
        Files.createSymbolicLink(file, target);
        CreatedKey created = create("a");
        assertThat(file).isSymbolicLink();
        assertThat(new KeyFile(target).list()).containsExactly(created.key());
    }

    @Test
    void fileThatCannotBeReadIsNamed() throws Exception {
        Files.createDirectories(file);
        assertThatThrownBy(() -> new KeyFile(file).list())
                .isInstanceOf(KeyFileException.class)
                .hasMessageStartingWith("API key file " + file + ": cannot be read: ");
    }

    @Test
    void fileThatCannotBeWrittenIsNamed() throws Exception {
        Files.writeString(directory.resolve("state"), "not a directory");
        assertThatThrownBy(() -> create("a"))
                .isInstanceOf(KeyFileException.class)
                .hasMessageStartingWith("API key file " + file + ": cannot be ");
    }

    @Test
    void goodFileIsRead() throws Exception {
        assertThat(parse("{\"version\":1,\"keys\":[" + KEY + "]}"))
                .extracting(ApiKey::id)
                .containsExactly("abcdefgh");
        assertThat(parse("{\"keys\":[" + KEY.replace(",\"expires\":null", "") + "],\"version\":1}"))
                .hasSize(1);
        assertThat(parse("{\"version\":1,\"keys\":[]}")).isEmpty();
    }

    @Test
    void keyWithoutScopesHasTheDefaultScopes() throws Exception {
        assertThat(parse(keys(KEY)).getFirst().scopes()).isEqualTo(KeyScope.DEFAULT);
        assertThat(parse(keys(scopes("[\"schema\",\"prisma\"]"))).getFirst().scopes())
                .containsExactly(KeyScope.PRISMA, KeyScope.SCHEMA);
    }

    @Test
    void scopesAreWrittenEvenIfTheyAreTheDefault() throws Exception {
        create("app");
        assertThat(Files.readString(file)).contains("\"scopes\" : [ \"prisma\", \"sql\", \"invalidate\" ]");
    }

    private static String scopes(String json) {
        return KEY.replace("\"expires\"", "\"scopes\":" + json + ",\"expires\"");
    }

    static Stream<Arguments> malformed() {
        String second = KEY.replace("abcdefgh", "hgfedcba");
        return Stream.of(
                Arguments.of("", "it is empty"),
                Arguments.of("\n", "it is empty"),
                Arguments.of("{", "not valid JSON"),
                Arguments.of("[]", "not a JSON object"),
                Arguments.of("null", "not a JSON object"),
                Arguments.of("{\"version\":1,\"keys\":[]} x", "not valid JSON"),
                Arguments.of("{\"version\":1,\"version\":1,\"keys\":[]}", "repeats a field"),
                Arguments.of("[".repeat(100_000), "not valid JSON"),
                Arguments.of("{\"keys\":[]}", "its version is missing"),
                Arguments.of("{\"version\":\"1\",\"keys\":[]}", "its version is"),
                Arguments.of(
                        "{\"version\":2,\"keyring\":[]}",
                        "its version is 2; this version of Hasten supports version 1"),
                Arguments.of("{\"version\":1}", "the file has no field keys"),
                Arguments.of("{\"version\":1,\"keys\":{}}", "keys is not a list"),
                Arguments.of("{\"version\":1,\"keys\":[],\"roles\":[]}", "the file has an unknown field"),
                Arguments.of(keys("7"), "keys[0] is not a JSON object"),
                Arguments.of(keys(KEY.replace("\"name\":\"app\",", "")), "keys[0] has no field name"),
                Arguments.of(keys(KEY.replace("\"app\"", "null")), "keys[0].name is not a non-empty string"),
                Arguments.of(keys(KEY.replace("\"app\"", "\"a\\nb\"")), "keys[0].name: a key name must have"),
                Arguments.of(keys(KEY.replace("\"main\"", "\"\"")), "keys[0].database is not a non-empty string"),
                Arguments.of(keys(KEY.replace("abcdefgh", "config:x")), "keys[0].id does not have the format"),
                Arguments.of(keys(KEY.replace("ba78", "xx78")), "keys[0].sha256 is not 64 hex"),
                Arguments.of(keys(KEY.replace("ba78", "")), "keys[0].sha256 is not 64 hex"),
                Arguments.of(keys(KEY.replace("12:00:00Z", "noon")), "keys[0].created is not a time"),
                Arguments.of(keys(KEY.replace("null", "5")), "keys[0].expires is not a non-empty string"),
                Arguments.of(keys(scopes("null")), "keys[0].scopes is not a list of strings"),
                Arguments.of(keys(scopes("\"prisma\"")), "keys[0].scopes is not a list of strings"),
                Arguments.of(keys(scopes("[\"prisma\",1]")), "keys[0].scopes is not a list of strings"),
                Arguments.of(keys(scopes("[]")), "keys[0].scopes is empty or has an unknown scope"),
                Arguments.of(keys(scopes("[\"prisma\",\"root\"]")), "allowed scopes: prisma, "),
                Arguments.of(
                        keys(KEY.replace("\"expires\":null", "\"role\":\"reader\"")), "keys[0] has an unknown field"),
                Arguments.of(keys(KEY + "," + KEY), "keys[1] has the same id or sha256 as an earlier key"),
                Arguments.of(keys(KEY + "," + second), "keys[1] has the same id or sha256 as an earlier key"));
    }

    private static String keys(String list) {
        return "{\"version\":1,\"keys\":[" + list + "]}";
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void malformedFileIsRefusedWithItsNameAndTheProblem(String content, String problem) {
        assertThatThrownBy(() -> parse(content))
                .isInstanceOf(KeyFileException.class)
                .hasMessageStartingWith("API key file " + file + ": ")
                .hasMessageContaining(problem);
    }

    @Test
    void deviceIsRefused() {
        assertThatThrownBy(() -> new KeyFile(Path.of("/dev/zero")).list())
                .isInstanceOf(KeyFileException.class)
                .hasMessage("API key file /dev/zero: it is not a regular file");
    }

    @Test
    void fileThatIsNotTextIsRefused() throws Exception {
        Files.createDirectories(file.getParent());
        Files.write(file, new byte[] {'"', (byte) 0xff, '"'});
        assertThatThrownBy(() -> new KeyFile(file).list())
                .isInstanceOf(KeyFileException.class)
                .hasMessageContaining("not UTF-8");
    }

    private List<ApiKey> parse(String content) throws Exception {
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
        return new KeyFile(file).list();
    }

    @Test
    void noUpdateIsLostBetweenThreadsAndInstances() throws Exception {
        Set<String> expected = ConcurrentHashMap.newKeySet();
        try (ApiKeys server = keys();
                ApiKeys admin = keys();
                ExecutorService threads = Executors.newFixedThreadPool(6)) {
            List<Callable<Void>> tasks = new ArrayList<>();
            for (int thread = 0; thread < 6; thread++) {
                ApiKeys keys = thread % 2 == 0 ? server : admin;
                ApiKeys others = thread % 2 == 0 ? admin : server;
                tasks.add(() -> {
                    for (int i = 0; i < 8; i++) {
                        CreatedKey kept = keys.create("kept", "main", KeyScope.DEFAULT, null);
                        assertThat(keys.authenticate("Bearer " + kept.token())).isEqualTo(kept.key());
                        expected.add(kept.key().id());
                        CreatedKey gone = keys.create("gone", "main", KeyScope.DEFAULT, null);
                        assertThat(others.revoke(gone.key().id())).isTrue();
                        assertThatThrownBy(() -> others.authenticate("Bearer " + gone.token()))
                                .isInstanceOf(ApiError.class);
                    }
                    return null;
                });
            }
            for (Future<Void> task : threads.invokeAll(tasks)) {
                task.get();
            }
        }
        assertThat(ids()).isEqualTo(expected).hasSize(48);
    }

    @Test
    void noUpdateIsLostBetweenProcesses() throws Exception {
        List<Process> processes = List.of(writer(), writer());
        Set<String> expected = new HashSet<>();
        try (ApiKeys keys = keys()) {
            for (int i = 0; i < WriterProcess.KEYS || processes.stream().anyMatch(Process::isAlive); i++) {
                CreatedKey created = keys.create("server", "main", KeyScope.DEFAULT, null);
                if (i < WriterProcess.KEYS) {
                    expected.add(created.key().id());
                } else {
                    assertThat(keys.revoke(created.key().id())).isTrue();
                }
            }
        }
        for (Process process : processes) {
            assertThat(process.waitFor()).isZero();
            process.inputReader().lines().filter(KeyToken::isId).forEach(expected::add);
        }
        assertThat(ids()).isEqualTo(expected).hasSize(3 * WriterProcess.KEYS);
    }

    private Process writer() throws Exception {
        return new ProcessBuilder(
                        System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        WriterProcess.class.getName(),
                        file.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Repeatedly creates keys, as {@code hasten keys create} does, and prints the ids. */
    static final class WriterProcess {
        static final int KEYS = 20;

        private WriterProcess() {}

        public static void main(String[] arguments) {
            try (ApiKeys keys = new ApiKeys(Map.of("main", List.of()), Path.of(arguments[0]), Clock.systemUTC())) {
                for (int i = 0; i < KEYS; i++) {
                    System.out.println(keys.create("process", "main", KeyScope.DEFAULT, null)
                            .key()
                            .id());
                }
            }
        }
    }

    private Set<String> ids() {
        return new KeyFile(file).list().stream().map(ApiKey::id).collect(Collectors.toSet());
    }

    private static String permissions(Path path) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
