package dev.hasten.cli;

import dev.hasten.admin.AdminServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/** A command line that ran in this process. */
record CommandRun(int status, String out, String err) {
    static CommandRun of(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine command =
                HastenCli.commandLine(arguments).setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        int status = command.execute(arguments);
        return new CommandRun(status, out.toString(), err.toString());
    }

    /**
     * Arguments for a running server.
     *
     * @param arguments the command first
     */
    static List<String> arguments(
            AdminServer admin, String token, String databaseUrl, Path stateDir, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        for (String setting : List.of(
                "state_dir=" + stateDir,
                "admin_token=" + token,
                "admin_port=" + admin.port(),
                "databases.default.url=" + databaseUrl)) {
            all.add("--set");
            all.add(setting);
        }
        return all;
    }
}
