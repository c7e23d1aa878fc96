package dev.hasten.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hasten.deadline.Cancellation;
import dev.hasten.protocol.ParseMeter;
import dev.hasten.protocol.plan.PlanNode;
import dev.hasten.protocol.plan.PlanNode.JoinChild;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Children are attached to every parent with the same key. */
final class JoinsTest {
    private static String joined(String parents, String children, boolean unique, boolean strict) {
        Object rows = JsValues.parseJson(parents.replace('\'', '"'), ParseMeter.NONE);
        JoinChild join = new JoinChild(new PlanNode.Unit(), List.of("id"), List.of("pid"), "c", unique);
        Joins.attach(
                rows,
                join,
                JsValues.parseJson(children.replace('\'', '"'), ParseMeter.NONE),
                strict,
                new Budget(new Cancellation()));
        return JsValues.stringify(rows).replace('"', '\'');
    }

    @Test
    void childrenAreAttachedInOrder() {
        assertThat(joined(
                        "[{'id':1},{'id':2}]",
                        "[{'pid':1,'n':1},{'pid':2,'n':2},{'pid':1,'n':3},{'pid':9}]",
                        false,
                        true))
                .isEqualTo("[{'id':1,'c':[{'pid':1,'n':1},{'pid':1,'n':3}]},{'id':2,'c':[{'pid':2,'n':2}]}]");
    }

    @Test
    void parentsWithTheSameKeyGetTheSameChildren() {
        assertThat(joined("[{'id':1},{'id':1}]", "[{'pid':1}]", false, true))
                .isEqualTo("[{'id':1,'c':[{'pid':1}]},{'id':1,'c':[{'pid':1}]}]");
    }

    @Test
    void parentWithoutChildrenHasAnEmptyListOrNull() {
        assertThat(joined("[{'id':1}]", "[]", false, true)).isEqualTo("[{'id':1,'c':[]}]");
        assertThat(joined("[{'id':1,'c':'old'}]", "[]", true, true)).isEqualTo("[{'id':1,'c':null}]");
        assertThat(joined("[{'id':1}]", "[null]", false, true)).isEqualTo("[{'id':1,'c':[]}]");
    }

    @Test
    void lastChildOfAUniqueRelationIsAttached() {
        assertThat(joined("[{'id':1}]", "[{'pid':1,'n':1},{'pid':1,'n':2}]", true, true))
                .isEqualTo("[{'id':1,'c':{'pid':1,'n':2}}]");
    }

    @Test
    void singleRecordsAreJoinedLikeLists() {
        assertThat(joined("{'id':1}", "{'pid':1}", true, true)).isEqualTo("{'id':1,'c':{'pid':1}}");
    }

    @Test
    void keysOfDifferentTypesMatchOnlyIfNotStrict() {
        assertThat(joined("[{'id':1}]", "[{'pid':'1'}]", false, false)).isEqualTo("[{'id':1,'c':[{'pid':'1'}]}]");
        assertThat(joined("[{'id':1}]", "[{'pid':'1'}]", false, true)).isEqualTo("[{'id':1,'c':[]}]");
        assertThat(joined("[{'id':'1'}]", "[{'pid':1}]", false, false)).isEqualTo("[{'id':'1','c':[{'pid':1}]}]");
    }

    @Test
    void largeKeysAreComparedExactly() {
        assertThat(joined(
                        "[{'id':9007199254740993},{'id':9007199254740992}]",
                        "[{'pid':'9007199254740993'}]",
                        false,
                        false))
                .isEqualTo("[{'id':9007199254740993,'c':[{'pid':'9007199254740993'}]},{'id':9007199254740992,'c':[]}]");
    }

    @Test
    void typeOfTheKeyIsThatOfTheFirstParentWithAKey() {
        assertThat(joined("[{'id':null},{'id':1}]", "[{'pid':'1'},{'pid':null}]", false, false))
                .isEqualTo("[{'id':null,'c':[{'pid':null}]},{'id':1,'c':[{'pid':'1'}]}]");
    }

    @Test
    void parentThatIsNoRecordIsRejected() {
        assertThatThrownBy(() -> joined("[1]", "[]", false, true))
                .isInstanceOf(PlanFailure.class)
                .hasMessage("Expected object, got number");
    }
}
