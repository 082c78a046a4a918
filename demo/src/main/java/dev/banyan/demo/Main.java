package dev.banyan.demo;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The demo's program: the tour, and the two services it starts.
@Command(
    name = "./banyan",
    description = "Takes a small shop from its legacy to its rewrite, with Banyan in front.",
    mixinStandardHelpOptions = true,
    subcommands = {TourCommand.class, LegacyCommand.class, CandidateCommand.class})
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Main()).execute(withTour(arguments)));
  }

  /// Options alone are the tour's.
  static String[] withTour(String[] arguments) {
    List<String> words = new ArrayList<>(List.of(arguments));
    boolean asksForAll =
        words.contains("--help")
            || words.contains("-h")
            || words.contains("--version")
            || words.contains("-V");
    if (!asksForAll && (words.isEmpty() || words.getFirst().startsWith("-"))) {
      words.addFirst("demo");
    }
    return words.toArray(String[]::new);
  }
}
