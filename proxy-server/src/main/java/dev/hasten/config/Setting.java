package dev.hasten.config;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes a record component a configuration key. The path is the section's prefix and the component's name in
 * snake case; the component's type decides how the text is read (see {@link ValueType}): {@code int} is a count,
 * {@code long} a size in bytes. A component without a default must be {@code @Nullable} or is required.
 *
 * <p>This is the only place where a key is declared: reading, environment names, hints for unknown keys,
 * {@link Config#describe()} and docs/configuration.md all follow from it.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Setting {
    /** The default as YAML would carry it; empty means "unset". */
    String value() default "";

    /** One sentence for the operator, in Markdown. */
    String doc();

    /** Least allowed value of a number, size or duration; empty leaves the type's own minimum. */
    String min() default "";

    /** Greatest allowed value of a number, size or duration; empty leaves the type's own maximum. */
    String max() default "";

    /** What 0 stands for; when given, 0 is allowed beside {@code min..max}. */
    String zero() default "";

    /** Regular expression that a text or secret must match as a whole; empty means anything without spaces. */
    String pattern() default "";

    /** The file must exist and be readable when the configuration is read. */
    boolean readable() default false;

    /** Parameter of the database URL that supplies the value when the key is set nowhere. */
    String urlParameter() default "";
}
