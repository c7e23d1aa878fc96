package dev.hasten.dataproxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hasten.json.JsonBuffer;
import dev.hasten.protocol.ParseMeter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rows of raw queries are converted to the format of clients before 5.17. */
final class RawRowsTest {
    private static String typed(String table) {
        JsonBuffer response = JsonBuffer.of(table.replace('\'', '"').getBytes(UTF_8));
        return RawRows.typed(response, ParseMeter.NONE).toString().replace('"', '\'');
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "int          | 1             | {'prisma__type':'int','prisma__value':1}",
                "bigint       | '7'           | {'prisma__type':'bigint','prisma__value':'7'}",
                "json         | {'a':[1,null]} | {'prisma__type':'json','prisma__value':{'a':[1,null]}}",
                "string       | null          | {'prisma__type':'null','prisma__value':null}",
                "int-array    | []            | {'prisma__type':'array','prisma__value':[]}",
                "int-array    | null          | {'prisma__type':'null','prisma__value':null}",
                "string-array | ['a',null]    | {'prisma__type':'array','prisma__value':[{'prisma__type':'string','prisma__value':'a'},{'prisma__type':'null','prisma__value':null}]}",
            })
    void valueHasItsType(String type, String value, String typed) {
        assertThat(typed("{'columns':['c'],'types':['" + type + "'],'rows':[[" + value + "]]}"))
                .isEqualTo("[{'c':" + typed + "}]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[]            | []",
                "[[1,2]]       | [{'a':{'prisma__type':'int','prisma__value':1},'b':{'prisma__type':'int','prisma__value':2}}]",
            })
    void rowIsAnObject(String rows, String objects) {
        assertThat(typed("{'columns':['a','b'],'types':['int','int'],'rows':" + rows + "}"))
                .isEqualTo(objects);
    }
}
