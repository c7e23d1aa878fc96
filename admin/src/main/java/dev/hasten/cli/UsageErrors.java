package dev.hasten.cli;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Prints what is wrong with the arguments of a command, and where to find its usage. Some texts of picocli repeat the values
 * of arguments, which may be secrets. Those are replaced.
 */
final class UsageErrors implements IParameterExceptionHandler {
    @Override
    public int handleParseException(ParameterException error, String[] arguments) {
        CommandLine command = error.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("hasten: " + message(error));
        if (!UnmatchedArgumentException.printSuggestions(error, err)) {
            err.println("Run `" + command.getCommandSpec().qualifiedName() + " --help` for the usage.");
        }
        err.flush();
        return command.getCommandSpec().exitCodeOnInvalidInput();
    }

    private static String message(ParameterException error) {
        if (error instanceof UnmatchedArgumentException unmatched) {
            return unmatched(unmatched);
        }
        if (error.getArgSpec() instanceof OptionSpec option
                && option.longestName().equals("--set")) {
            return "Invalid value for --set: it must be KEY=VALUE, such as --set http.max_body_bytes=32mb";
        }
        // Some messages of picocli begin with a label.
        return String.valueOf(error.getMessage()).replaceFirst("^Error: ", "");
    }

    /** Names only the first argument: those that follow may be its value. */
    private static String unmatched(UnmatchedArgumentException error) {
        CommandLine command = error.getCommandLine();
        String first = error.getUnmatched().getFirst();
        String name = first.split("=", 2)[0];
        boolean isPlain = name.matches("[A-Za-z0-9_.-]+");
        if (isPlain && name.startsWith("-")) {
            return "Unknown option: " + name
                    + ((name.contains(".") || name.contains("_"))
                                    && command.getCommandSpec().findOption("--set") != null
                            ? "; to set a configuration key, use --set KEY=VALUE"
                            : "");
        }
        return isPlain && !command.getSubcommands().isEmpty()
                ? "Unknown command: " + name
                : "Unexpected argument: every argument must be an option or the value of one";
    }
}
