package dev.hasten.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hasten.config.TlsConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientUrlTest {
    @ParameterizedTest
    @CsvSource({
        "prisma+postgres://localhost:4466/?api_key=s3cret, http://localhost:4466, s3cret",
        "prisma+postgres://LOCALHOST:4466/?api_key=s3cret, http://LOCALHOST:4466, s3cret",
        "prisma+postgres://127.0.0.1:4466/?api_key=s3cret, http://127.0.0.1:4466, s3cret",
        "prisma+postgres://[::1]:4466/?api_key=s3cret, http://[::1]:4466, s3cret",
        "prisma+postgres://hasten.example/?api_key=s3cret, https://hasten.example, s3cret",
        "prisma://localhost:4466/?api_key=s3cret, https://localhost:4466, s3cret",
        "prisma://hasten.example/?other=1&api_key=s3cret&more, https://hasten.example, s3cret",
        "https://hasten.example:8443/some/path?api_key=a%2Fb#part, https://hasten.example:8443, a/b",
        "http://10.0.0.7, http://10.0.0.7, ",
        "http://10.0.0.7/?api_key=, http://10.0.0.7, "
    })
    void urlsAreReadAsInPrismaClient(String url, String server, @Nullable String key) {
        ClientUrl parsed = ClientUrl.parse(url);

        assertThat(parsed.server()).hasToString(server);
        assertThat(parsed.key()).isEqualTo(key);
        assertThat(parsed.toString()).doesNotContain("s3cret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "s3cret",
                "localhost:4466/?api_key=s3cret",
                "postgresql://user@host/db?api_key=s3cret",
                "prisma://?api_key=s3cret",
                "prisma://a b/?api_key=s3cret",
                "prisma://host/?api_key=s3cret|"
            })
    void anythingElseIsRejectedWithoutShowingIt(String url) {
        assertThatThrownBy(() -> ClientUrl.parse(url))
                .isInstanceOf(IllegalArgumentException.class)
                .hasNoCause()
                .hasMessageContaining("prisma+postgres://HOST:PORT/?api_key=KEY")
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void printedUrlsCanBeParsed() {
        assertThat(ClientUrl.parse(ClientUrl.of(new TlsConfig(null, null, null, false), "4466", "k"))
                        .server())
                .hasToString("http://localhost:4466");
        assertThat(ClientUrl.parse(ClientUrl.of(new TlsConfig(null, null, null, true), "4466", "k"))
                        .server())
                .hasToString("https://localhost:4466");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "dns:db.example.com | https://db.example.com:4466",
                "dns:*.example.com,dns:db.example.com,dns:other.example.com | https://db.example.com:4466",
                "dns:db.example.com,dns:localhost | https://localhost:4466",
                "dns:*.example.com | https://localhost:4466",
                "ip:10.0.0.1 | https://localhost:4466"
            })
    void aCertificateDeterminesTheNameOfTheServer(String names, String server, @TempDir Path directory)
            throws Exception {
        keytool(directory, "-genkeypair", "-keyalg", "EC", "-dname", "CN=test", "-ext", "san=" + names);
        Path certificate = directory.resolve("cert.pem");
        keytool(directory, "-exportcert", "-rfc", "-file", certificate.toString());

        String url = ClientUrl.of(new TlsConfig(certificate, directory.resolve("key.pem"), null, false), "4466", "k");

        assertThat(ClientUrl.parse(url).server()).hasToString(server);
    }

    private static void keytool(Path directory, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        command.addAll(
                List.of("-keystore", directory.resolve("keys").toString(), "-storepass", "changeit", "-alias", "test"));
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }
}
