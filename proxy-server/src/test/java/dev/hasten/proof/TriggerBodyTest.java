package dev.hasten.proof;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Only bodies that provably write nothing but their row are recognized. */
final class TriggerBodyTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "BEGIN NEW.updated_at = now(); RETURN NEW; END;",
                "begin\n  -- keep it current\n  new.\"updatedAt\" := CURRENT_TIMESTAMP;\n  return new;\nend",
                "BEGIN NEW.a := lower(trim(NEW.b)); NEW.c := OLD.c + 1; RETURN NEW; END",
                "BEGIN NEW.at = (now() AT TIME ZONE 'utc'); RETURN NEW; END;",
                "BEGIN NEW.a = CASE WHEN NEW.b IS NULL THEN 'x' ELSE NEW.b::text END; RETURN NEW; END;",
                "BEGIN RETURN OLD; END;",
            })
    void assignmentsAreRecognized(String body) {
        assertThat(TriggerBody.onlyAssigns(body)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "BEGIN INSERT INTO log VALUES (1); RETURN NEW; END;",
                "BEGIN NEW.a := f(NEW.b); RETURN NEW; END;",
                "BEGIN NEW.a := public.now(); RETURN NEW; END;",
                "BEGIN NEW.a := \"now\"(); RETURN NEW; END;",
                "BEGIN NEW.a := (SELECT 1); RETURN NEW; END;",
                "BEGIN NEW.a := x FROM t; RETURN NEW; END;",
                "BEGIN NEW.a := 1; PERFORM f(); RETURN NEW; END;",
                "BEGIN IF true THEN NEW.a := 1; END IF; RETURN NEW; END;",
                "DECLARE x int := f(); BEGIN NEW.a := 1; RETURN NEW; END;",
                "BEGIN NEW.a := NEW.f(1); RETURN NEW; END;",
                "BEGIN NEW.a := 1; RETURN NEW; END; BEGIN f(); END;",
                "BEGIN NEW := f(NEW); RETURN NEW; END;",
                "BEGIN EXECUTE 'x'; RETURN NEW; END;",
                "BEGIN NEW.a := lower /* */ . f(); RETURN NEW; END;",
                "BEGIN RETURN f(); END;",
                "BEGIN NEW.a = 1; RETURN NEW;",
                "",
            })
    void everythingElseIsNot(String body) {
        assertThat(TriggerBody.onlyAssigns(body)).isFalse();
    }
}
