import com.dylibso.chicory.build.time.compiler.Config;
import com.dylibso.chicory.build.time.compiler.Generator;
import com.dylibso.chicory.compiler.InterpreterFallback;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/**
 * Translates the query compiler's WebAssembly to JVM bytecode. What Chicory's Maven plugin does, but that has no way to
 * leave out work that is done, and its generated sources would be checked like ours.
 */
final class TranslateToBytecode {
    /**
     * Functions that exceed the JVM's 64 KiB a method; they are interpreted. Another one fails the build, since an
     * interpreted function in the hot path would cost much.
     */
    private static final Set<Integer> TOO_LARGE = Set.of(37, 3555);

    private TranslateToBytecode() {}

    /** @param args the WebAssembly file and the directory for the classes */
    public static void main(String[] args) throws IOException {
        Path output = Files.createDirectories(Path.of(args[1]));
        Generator generator = new Generator(Config.builder()
                .withWasmFile(Path.of(args[0]))
                .withName("dev.hasten.compiler.Wasm")
                .withTargetClassFolder(output)
                .withTargetWasmFolder(output)
                .withTargetSourceFolder(output)
                .withInterpreterFallback(InterpreterFallback.FAIL)
                .withInterpretedFunctions(TOO_LARGE)
                .build());
        generator.generateMetaWasm(generator.generateResources());
    }
}
