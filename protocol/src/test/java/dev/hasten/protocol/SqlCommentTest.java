package dev.hasten.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class SqlCommentTest {
    @Test
    void keysAreSortedAndBothSidesArePercentEncoded() {
        assertThat(SqlComment.of(Map.of("route", "/users?id=1 2", "app", "shop")))
                .isEqualTo("/*app='shop',route='%2Fusers%3Fid%3D1%202'*/");
    }

    @Test
    void noTagsGiveNoComment() {
        assertThat(SqlComment.of(Map.of())).isEmpty();
    }

    @Test
    void aValueCannotEndTheComment() {
        String comment = SqlComment.of(Map.of("x", "*/; DROP TABLE users; --"));
        assertThat(comment.substring(0, comment.length() - 2)).doesNotContain("*/");
    }

    @Test
    void charactersAreEscapedAsByEncodeUriComponentAndQuotesToo() {
        assertThat(SqlComment.of(Map.of("x", "it's ~!()"))).isEqualTo("/*x='it\\'s%20~!()'*/");
    }
}
