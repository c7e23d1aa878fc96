package dev.hasten.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Parses sizes in the syntax of the configuration: 64kb, 5mb, 1gb or a number of bytes. */
final class SizeConverter implements ITypeConverter<Long> {
    private static final Pattern SYNTAX = Pattern.compile("(\\d{1,18})(kb|mb|gb)?");

    @Override
    public Long convert(String text) {
        Matcher matcher = SYNTAX.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (matcher.matches()) {
            int shift = switch (matcher.group(2)) {
                case "kb" -> 10;
                case "mb" -> 20;
                case "gb" -> 30;
                case null, default -> 0;
            };
            long number = Long.parseLong(matcher.group(1));
            if (number <= Long.MAX_VALUE >> shift) {
                return number << shift;
            }
        }
        throw new TypeConversionException("'" + text + "' is not a size such as 64kb, 5mb, 1gb or a number of bytes");
    }
}
