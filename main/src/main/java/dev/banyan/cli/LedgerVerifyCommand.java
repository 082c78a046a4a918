package dev.banyan.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import tools.jackson.databind.JsonNode;

/// Recomputes the ledger's chain.
@Command(
    name = "verify",
    description = "Recomputes the ledger's hash chain. Exits with 1 when an entry was changed.",
    footer = "  banyan ledger verify")
final class LedgerVerifyCommand implements Callable<Integer> {
  private final BanyanCommand banyan;

  LedgerVerifyCommand(BanyanCommand banyan) {
    this.banyan = banyan;
  }

  @Override
  public Integer call() {
    return banyan.ask(
        client -> client.get("/api/v1/ledger/verify"),
        LedgerVerifyCommand::text,
        check -> check.path("ok").asBoolean() ? ExitCode.DONE : ExitCode.REFUSED);
  }

  private static String text(JsonNode check) {
    if (check.path("ok").asBoolean()) {
      return "the ledger is intact: "
          + Figures.count(check.path("entries"))
          + " entries, head "
          + check.path("head").asString("")
          + "\n";
    }
    return "the ledger is broken at entry "
        + check.path("brokenAt").asLong()
        + ": "
        + check.path("detail").asString("")
        + "\n";
  }
}
