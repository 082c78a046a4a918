package dev.banyan.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// Has the configuration read again.
@Command(
    name = "reload",
    description =
        "Has a running gateway read its banyan.yaml again at once, and says whether it is in force."
            + " It also reads it by itself, a second or two after a change.",
    footer = "  banyan reload")
final class ReloadCommand implements Callable<Integer> {
  private final BanyanCommand banyan;

  ReloadCommand(BanyanCommand banyan) {
    this.banyan = banyan;
  }

  @Override
  public Integer call() {
    return banyan.ask(
        client -> client.post("/api/v1/reload", Map.of()),
        config -> config.path("file").asString("") + " is in force\n");
  }
}
