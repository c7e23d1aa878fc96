package dev.hasten.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigDescriptionTest {
    @TempDir
    private Path directory;

    @Test
    void everyValueIsShownWithItsOriginAndSecretsAreMasked() {
        String description = new Sources(directory)
                .yaml("""
                        region: eu-1
                        databases:
                          app:
                            url: postgresql://ann:s3cret@db.example/app?connection_limit=5
                            keys:
                              - name: web
                                secret: s3cret
                              - name: jobs
                                secret: s3cret-too
                                expires: 2027-01-31T00:00:00Z
                        """)
                .env("HASTEN_ADMIN_TOKEN", "s3cret")
                .flag("http.max_body_bytes", "1mb")
                .load()
                .describe();
        assertThat(description)
                .contains(
                        "\nport: 4466 # default\n",
                        "\nadmin_token: \"****\" # env HASTEN_ADMIN_TOKEN\n",
                        "\nregion: eu-1 # hasten.yaml:1\n",
                        "\ntls:\n  # cert is not set\n  # key is not set\n  # client_ca is not set\n  dev: false # default\nhttp:\n",
                        "\n  max_body_bytes: 1mb # command line\n",
                        "\n    url: postgresql://ann:****@db.example:5432/app?connection_limit=5 # hasten.yaml:4\n",
                        "\n    pool:\n      size: 5 # URL parameter connection_limit\n      min_idle: 2 # default\n      timeout: 10s # default\n",
                        """
                            keys:
                              - name: web # hasten.yaml:6
                                secret: "****" # hasten.yaml:7
                                # sha256 is not set
                                scopes: "prisma,sql,invalidate" # default
                                # expires is not set
                                requests_per_second: 0 # default
                                burst: 0 # default
                                max_concurrent: 0 # default
                                requests_per_day: 0 # default
                                requests_per_month: 0 # default
                                bytes_per_day: 0 # default
                                bytes_per_month: 0 # default
                              - name: jobs # hasten.yaml:8
                        """)
                .doesNotContain("s3cret");
    }

    @Test
    void aDescriptionWithoutSecretsParsesToTheSameConfiguration() {
        Config config = new Sources(directory)
                .env("HASTEN_DATABASES_B_URL", "postgres://u@h/odd%20name%22?schema=my%20schema")
                .env("HASTEN_DATABASES_A_URL", "postgres://u@[::1]:5433,h2/d")
                .env("HASTEN_LOG_SLOW_QUERY", "1500ms")
                .env("HASTEN_HTTP_MAX_BODY_BYTES", "1500")
                .env("HASTEN_STATE_DIR", "a \"quoted\": #dir")
                .load();
        Config again = new Sources(directory).yaml(config.describe()).load();
        assertThat(again).usingRecursiveComparison().ignoringFields("values").isEqualTo(config);
    }

    @Test
    void aDescriptionWithoutADatabaseSaysSo() {
        assertThat(new Sources(directory).load().describe()).endsWith("\ndatabases: {} # default\n");
    }
}
