package dev.banyan.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import tools.jackson.databind.JsonNode;

/// Recomputes the ledger's chain.
@Command(
    name = "verify",
    description = {
      "Recomputes the ledger's hash chain and looks for the head that was written down outside the"
          + " store.",
      "Exits with 1 when an entry was changed, moved or removed, or the end cut off."
    },
    footer = "  banyan ledger verify")
final class LedgerVerifyCommand implements Callable<Integer> {
  private final BanyanCommand banyan;

  LedgerVerifyCommand(BanyanCommand banyan) {
    this.banyan = banyan;
  }

  @Override
  public Integer call() {
    return banyan.ask(
        client -> client.getPatiently("/api/v1/ledger/verify"),
        LedgerVerifyCommand::text,
        check -> check.path("ok").asBoolean() ? ExitCode.DONE : ExitCode.REFUSED);
  }

  private static String text(JsonNode check) {
    if (check.path("ok").asBoolean()) {
      return "the ledger is intact: "
          + Figures.count(check.path("entries"))
          + " entries, head "
          + check.path("head").asString("")
          + "\n"
          + removed(check.path("anchor"))
          + outside(check.path("headFile"));
    }
    return "the ledger is broken at entry "
        + check.path("brokenAt").asLong()
        + ": "
        + check.path("detail").asString("")
        + "\n";
  }

  private static String removed(JsonNode anchor) {
    return anchor.isObject()
        ? "it begins after entry "
            + anchor.path("seq").asLong()
            + ": the older ones were removed, and the ledger says so\n"
        : "";
  }

  private static String outside(JsonNode headFile) {
    return headFile.isObject()
        ? "the head file names entry " + headFile.path("seq").asLong() + ", which is in it\n"
        : "there is no head file to compare it with: that its end was cut off would show only as"
            + " far back as this process has run\n";
  }
}
