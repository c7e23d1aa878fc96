package dev.hasten.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TerminalSizeTest {
    @Test
    void aLineIsCutToTheWidthAndKeepsItsStyles() {
        TerminalSize size = TerminalSize.of("24 5");
        assertThat(size.rows()).isEqualTo(24);
        assertThat(size.cut("\u001b[1mhasten\u001b[0m 1.0")).isEqualTo("\u001b[1mhaste\u001b[0m");
        assertThat(size.cut("äöü")).isEqualTo("äöü");
    }

    @Test
    void nothingIsCutIfTheSizeIsUnknown() {
        for (String unknown : new String[] {"", "0 0", "stty: not a terminal"}) {
            assertThat(TerminalSize.of(unknown).cut("x".repeat(1000)))
                    .as(unknown)
                    .hasSize(1000);
        }
    }
}
