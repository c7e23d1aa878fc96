package dev.hasten.config;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Declares a record component as a configuration key. The path is the section's prefix plus the component's name in
 * snake case. The component's type determines how the text is parsed (see {@link ValueType}): {@code int} is a count,
 * {@code long} a size in bytes. A key without a default is required unless its component is {@code @Nullable}.
 *
 * <p>This is the only place where a key is declared. Parsing, environment variables, hints for unknown keys,
 * {@link Config#describe()} and docs/configuration.md are derived from it.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Setting {
    /** The default as written in YAML; empty means unset. */
    String value() default "";

    /** One sentence for the operator, in Markdown. */
    String doc();

    /** Minimum of a number, size or duration; empty means the type's own minimum. */
    String min() default "";

    /** Maximum of a number, size or duration; empty means the type's own maximum. */
    String max() default "";

    /** The meaning of 0. If set, 0 is allowed in addition to {@code min..max}. */
    String zero() default "";

    /** Regular expression that a text or secret must match in full; empty means any text without spaces. */
    String pattern() default "";

    /** What the pattern allows, for people. Required with a pattern. */
    String allowed() default "";

    /** Whether the file must exist and be readable when the configuration is read. */
    boolean readable() default false;

    /** The last part of the key's name before it was renamed; still accepted, with a warning. Empty if never renamed. */
    String formerly() default "";

    /** Parameter of the database URL that supplies the value if no source sets the key. */
    String urlParameter() default "";
}
