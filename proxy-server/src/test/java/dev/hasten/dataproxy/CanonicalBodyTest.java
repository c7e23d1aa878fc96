package dev.hasten.dataproxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies become equal only if they differ in nothing but the order of members of a {@code where}. */
final class CanonicalBodyTest {
    private static String canonical(String query) {
        String body = "{\"modelName\":\"Item\",\"action\":\"findMany\",\"query\":" + query.replace('\'', '"') + "}";
        return new String(CanonicalBody.of(body.getBytes(UTF_8)), UTF_8);
    }

    private static String where(String where) {
        return canonical("{'arguments':{'where':" + where + "},'selection':{'$scalars':true}}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'a':1,'b':2}                         | {'b':2,'a':1}",
                "{'OR':[{'a':1,'b':2},{'c':3}]}        | {'OR':[{'b':2,'a':1},{'c':3}]}",
                "{'a':{'gt':1,'lt':2},'b':{'in':[2,1]}} | {'b':{'in':[2,1]},'a':{'lt':2,'gt':1}}",
                "{'a':1.50,'b':-12345678901234567890.10} | {'b':-12345678901234567890.10,'a':1.50}",
            })
    void orderInAWhereDoesNotMatter(String one, String other) {
        assertThat(where(one)).isEqualTo(where(other));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'b':1,'a':2}             | {'b':2,'a':1}",
                "{'b':1,'a':2}             | {'b':1,'a':'2'}",
                "{'b':1,'a':[1,2]}         | {'b':1,'a':[2,1]}",
                "{'OR':[{'b':1},{'a':2}]}  | {'OR':[{'a':2},{'b':1}]}",
                "{'b':1,'a':1.0}           | {'b':1,'a':1}",
                "{'b':1,'a':1.50}          | {'b':1,'a':1.5}",
                "{'b':1,'a':12345678901234567890.1} | {'b':1,'a':12345678901234567890.2}",
                "{'b':1,'a':9007199254740993} | {'b':1,'a':9007199254740992}",
                "{'b':1,'a':-0.0}          | {'b':1,'a':0.0}",
                "{'b':1,'a':1e0}           | {'b':1,'a':1}",
                "{'b':1,'a':null}          | {'b':1}",
            })
    void otherDifferencesRemain(String one, String other) {
        assertThat(where(one)).isNotEqualTo(where(other));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'arguments':{'orderBy':{'b':'asc','a':'asc'}}}    | {'arguments':{'orderBy':{'a':'asc','b':'asc'}}}",
                "{'arguments':{},'selection':{'b':true,'a':true}}   | {'arguments':{},'selection':{'a':true,'b':true}}",
                "{'arguments':{'data':{'b':1,'a':2}}}               | {'arguments':{'data':{'a':2,'b':1}}}",
                "{'arguments':{'cursor':{'b':1,'a':2}}}             | {'arguments':{'cursor':{'a':2,'b':1}}}",
            })
    void orderElsewhereRemains(String one, String other) {
        assertThat(canonical(one)).isNotEqualTo(canonical(other));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'b':1,'a':1E-99999999999}",
                "{'b':1,'a':1e99999999999}",
                "{'b':1,'a':1e400}",
                "{'b':1,'a':-0.0}",
                "{'b':1,'a':2,'a':3}",
                "{'b':1,'a':}",
                "{'b':1,'a':2",
            })
    void bodyThatCannotBeSortedIsUnchanged(String where) {
        String query = "{'arguments':{'where':" + where + "}}";
        assertThat(canonical(query)).contains(query.replace('\'', '"'));
    }
}
