package dev.banyan.demo;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The demo's program: the tour, and the two services it starts.
@Command(
    name = "demo",
    description = "Takes a small shop from its legacy to its rewrite, with Banyan in front.",
    mixinStandardHelpOptions = true,
    subcommands = {LegacyCommand.class, CandidateCommand.class})
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Main()).execute(arguments));
  }
}
