package dev.hasten.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.cli.Documents;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The paths in README and docs are routes of the server or of its admin API, with the same methods. */
@Tag("integration")
final class DocumentedPathsTest {
    @RegisterExtension
    static final RunningServer SERVER = RunningServer.withoutDatabase();

    /** The port of the apps in docs/getting-started.md. */
    private static final String APP_PORT = ":3000";

    private static final Pattern CURL = Pattern.compile("(?<![\\w/.-])curl (.*)");
    private static final Pattern URL = Pattern.compile("https?://([^/\\s\"']+)(/[^\\s\"'?]*)");
    private static final Pattern METHOD = Pattern.compile("(?:-X|--request) *([A-Z]+)");
    private static final Pattern BODY = Pattern.compile(" (?:-d|--data|--json)\\b");
    private static final Pattern ROUTE = Pattern.compile("(GET|HEAD|POST|PUT|DELETE|PATCH) (/\\S*)");
    private static final String ADMIN_PORT = ":4467";

    static Stream<Path> documents() throws IOException {
        return Documents.all();
    }

    @ParameterizedTest
    @MethodSource("documents")
    void callsOfCurlReachARoute(Path document) throws Exception {
        for (String code : Documents.code(Documents.text(document))) {
            Matcher curl = CURL.matcher(code);
            while (curl.find()) {
                String call = curl.group(1);
                Matcher url = URL.matcher(call);
                if (!url.find() || url.group(1).endsWith(APP_PORT)) {
                    continue;
                }
                Matcher method = METHOD.matcher(call);
                String name =
                        method.find() ? method.group(1) : BODY.matcher(call).find() ? "POST" : "GET";
                String port = url.group(1).endsWith(ADMIN_PORT) ? adminUrl() : clientUrl();
                assertThat(isRoute(port, name, url.group(2)))
                        .as("%s: curl %s", document, call)
                        .isTrue();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("documents")
    void methodsAndPathsAreRoutes(Path document) throws Exception {
        for (String code : Documents.code(Documents.text(document))) {
            Matcher route = ROUTE.matcher(code);
            if (!route.matches()) {
                continue;
            }
            List<String> ports = new ArrayList<>();
            for (String port : List.of(clientUrl(), adminUrl())) {
                if (isRoute(port, route.group(1), route.group(2).replaceAll("[{}]", ""))) {
                    ports.add(port);
                }
            }
            assertThat(ports).as("%s: %s", document, code).isNotEmpty();
        }
    }

    private static String clientUrl() {
        return "http://127.0.0.1:" + SERVER.server().port();
    }

    private static String adminUrl() {
        return SERVER.admin().url();
    }

    /** Whether the server knows the path and the method. Without a key, it does no more than that. */
    private static boolean isRoute(String port, String method, String path) throws Exception {
        int status = SERVER.send(port + path, method, null, null).status();
        return status != 404 && status != 405;
    }
}
