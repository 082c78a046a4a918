package dev.banyan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;

/// `docs/reference/cli.md` is made of the commands' own help, with `-Dgolden.write`.
class CliReferenceTest {
  private static final Path PAGE = Path.of("..", "docs", "reference", "cli.md");

  @Test
  void describesTheCommandsAsTheyAre() throws IOException {
    String page = page();
    if (System.getProperty("golden.write") != null) {
      Files.createDirectories(PAGE.getParent());
      Files.writeString(PAGE, page);
    }

    assertThat(PAGE).as("rewrite it with -Dgolden.write").hasContent(page);
  }

  @Test
  void givesEveryCommandAnExampleAndItsExitCodes() {
    assertComplete(commands());
  }

  private static void assertComplete(CommandLine command) {
    assertThat(help(command))
        .contains("Exit codes:")
        .contains("Examples:\n  " + command.getCommandSpec().qualifiedName())
        .contains("--help");
    command.getSubcommands().values().forEach(CliReferenceTest::assertComplete);
  }

  private static String page() {
    StringBuilder page =
        new StringBuilder(
            """
            # The commands

            What `--help` says. This page is generated; a test keeps it current.
            """);
    append(page, commands());
    return page.toString();
  }

  private static void append(StringBuilder page, CommandLine command) {
    CommandSpec spec = command.getCommandSpec();
    page.append("\n## ").append(spec.qualifiedName()).append("\n\n```text\n");
    page.append(help(command)).append("```\n");
    command.getSubcommands().values().forEach(subcommand -> append(page, subcommand));
  }

  private static String help(CommandLine command) {
    return command
        .getUsageMessage(Ansi.OFF)
        .lines()
        .map(String::stripTrailing)
        .reduce("", (text, line) -> text + line + "\n");
  }

  private static CommandLine commands() {
    Environment environment = new Environment("0", Map.of(), "host", false);
    PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
    return CommandLineProgram.commands(environment, new NoPrograms(), nowhere, nowhere);
  }
}
