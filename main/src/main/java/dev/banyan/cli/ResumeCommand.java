package dev.banyan.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// Ends a hold.
@Command(
    name = "resume",
    description = "Allows promotions of a held family again.",
    footer = "  banyan resume users --reason 'the release is out'")
final class ResumeCommand implements Callable<Integer> {
  private final BanyanCommand banyan;
  @Mixin private final Asking asking = new Asking();

  ResumeCommand(BanyanCommand banyan) {
    this.banyan = banyan;
  }

  @Override
  public Integer call() {
    return banyan.ask(
        client -> client.post(asking.path("resume"), asking.body(banyan.environment())),
        family -> family.path("name").asString("") + " is no longer held\n");
  }
}
