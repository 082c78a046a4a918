package dev.banyan.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// Reads a configuration without serving.
@Command(
    name = "check",
    description = "Tells every problem of a configuration, each with its line and column.",
    footer = {"  banyan check banyan.yaml", "  banyan check banyan.yaml -o json"})
final class CheckCommand implements Callable<Integer> {
  private final BanyanCommand banyan;
  private final Programs programs;

  @Parameters(paramLabel = "FILE", description = "The configuration, such as banyan.yaml.")
  private Path file = Path.of("banyan.yaml");

  CheckCommand(BanyanCommand banyan, Programs programs) {
    this.banyan = banyan;
    this.programs = programs;
  }

  @Override
  public Integer call() {
    return programs.check(file, banyan.output());
  }
}
