package dev.banyan.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/// Reads a page of the ledger.
@Command(
    name = "show",
    description = "Shows decisions, oldest first.",
    footer = {"  banyan ledger show", "  banyan ledger show --after 100 -o json"})
final class LedgerShowCommand implements Callable<Integer> {
  private final BanyanCommand banyan;

  @Option(
      names = "--after",
      paramLabel = "N",
      description = "Only entries with a larger number. Default: 0.")
  private long after;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "How many at most, up to 1000. Default: 100.")
  private int limit = 100;

  LedgerShowCommand(BanyanCommand banyan) {
    this.banyan = banyan;
  }

  @Override
  public Integer call() {
    return banyan.ask(
        client -> client.get("/api/v1/ledger?after=" + after + "&limit=" + limit), this::text);
  }

  private String text(JsonNode page) {
    JsonNode entries = page.path("entries");
    if (entries.isEmpty()) {
      return "no entry after " + after + "\n";
    }
    Table table = new Table("SEQ", "AT", "KIND", "FAMILY", "ACTOR", "TOOK", "REASON");
    long last = after;
    for (JsonNode entry : entries) {
      last = entry.path("seq").asLong();
      table.row(
          Long.toString(last),
          Figures.moment(entry.path("at")),
          entry.path("kind").asString(""),
          entry.path("family").isString() ? entry.path("family").stringValue() : "-",
          entry.path("actor").asString(""),
          entry.path("millis").isNumber() ? Figures.millis(entry.path("millis").asDouble()) : "-",
          entry.path("reason").asString(""));
    }
    String more = "there may be more: banyan ledger show --after " + last + "\n";
    return table + (entries.size() < limit ? "" : more);
  }
}
