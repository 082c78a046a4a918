package dev.banyan.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/// Makes the automatic decisions again.
@Command(
    name = "replay",
    description = {
      "Makes every automatic decision again from the evidence recorded with it, and compares the"
          + " numbers bit for bit.",
      "Exits with 1 when one does not come out the same."
    },
    footer = {"  banyan ledger replay", "  banyan ledger replay --from 1000"})
final class LedgerReplayCommand implements Callable<Integer> {
  private final BanyanCommand banyan;

  @Option(
      names = "--from",
      paramLabel = "N",
      description = "The number of the first entry to look at. Default: the oldest.")
  private long from = 1;

  LedgerReplayCommand(BanyanCommand banyan) {
    this.banyan = banyan;
  }

  @Override
  public Integer call() {
    return banyan.ask(
        client -> client.getPatiently("/api/v1/ledger/replay?from=" + from),
        LedgerReplayCommand::text,
        replay -> replay.path("ok").asBoolean() ? ExitCode.DONE : ExitCode.REFUSED);
  }

  private static String text(JsonNode replay) {
    StringBuilder text = new StringBuilder();
    text.append(Figures.count(replay.path("replayed")))
        .append(" automatic decisions of ")
        .append(Figures.count(replay.path("entries")))
        .append(" entries made again: ");
    if (replay.path("ok").asBoolean()) {
      text.append("all came out the same\n");
    } else {
      JsonNode first = replay.path("first");
      text.append(Figures.count(replay.path("disagreed")))
          .append(" came out otherwise\nthe first is entry ")
          .append(first.path("seq").asLong())
          .append(": ")
          .append(first.path("detail").asString(""))
          .append('\n');
    }
    if (replay.path("without").asLong() > 0) {
      text.append(Figures.count(replay.path("without")))
          .append(" more were made without evidence being kept, and can not be\n");
    }
    return text.toString();
  }
}
