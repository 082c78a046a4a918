package dev.banyan.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Serves.
@Command(
    name = "run",
    description = {
      "Serves: the gateway, the control plane and the console in one process.",
      "Prints one line once it is ready, and stops cleanly when interrupted or terminated."
    },
    footer = {"  banyan run banyan.yaml", "  banyan run banyan.yaml --data /var/lib/banyan"})
final class RunCommand implements Callable<Integer> {
  private final Programs programs;

  @Parameters(paramLabel = "FILE", description = "The configuration, such as banyan.yaml.")
  private Path file = Path.of("banyan.yaml");

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Where state is kept. Default: .banyan.")
  private Path data = Path.of(".banyan");

  RunCommand(Programs programs) {
    this.programs = programs;
  }

  @Override
  public Integer call() {
    return programs.run(file, data);
  }
}
