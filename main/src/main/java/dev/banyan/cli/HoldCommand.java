package dev.banyan.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// Stops promotions.
@Command(
    name = "hold",
    description = "Stops promotions of a family until it is resumed. A rollback stays possible.",
    footer = "  banyan hold users --reason 'release night'")
final class HoldCommand implements Callable<Integer> {
  private final BanyanCommand banyan;
  @Mixin private final Asking asking = new Asking();

  HoldCommand(BanyanCommand banyan) {
    this.banyan = banyan;
  }

  @Override
  public Integer call() {
    return banyan.ask(
        client -> client.post(asking.path("hold"), asking.body(banyan.environment())),
        family ->
            family.path("name").asString("")
                + " is held: "
                + family.path("held").asString("")
                + "\n");
  }
}
