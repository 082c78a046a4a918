package dev.banyan.cli;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// The commands about writes that go to both sides.
final class OutboxCommands {
  private static final String OUTBOX = "/api/v1/outbox";

  private OutboxCommands() {}

  /// Its subcommands do the work.
  @Command(
      name = "outbox",
      description = {
        "Writes of families with 'writes: dual', on their way to the other side.",
        "intended: forwarded to its owner, perhaps; accepted: to be sent to the other side; asking:"
            + " the owner is asked again; indeterminate: nobody knows whether the owner carried it"
            + " out; parked: the other side does not take it. The last two are for you to settle."
      },
      footer = {
        "  banyan outbox list users",
        "  banyan outbox retry 17 --reason 'the candidate is mended'"
      })
  static final class Group {}

  /// Shows them.
  @Command(
      name = "list",
      description = "Shows the entries of the outbox, oldest first, without headers and bodies.",
      footer = {"  banyan outbox list", "  banyan outbox list users --after 117"})
  static final class Listing implements Callable<Integer> {
    private final BanyanCommand banyan;

    @Parameters(arity = "0..1", paramLabel = "FAMILY", description = "Of this family only.")
    private @Nullable String family;

    @Option(
        names = "--after",
        paramLabel = "SEQ",
        description = "Only entries with a higher number. Default: 0.")
    private long after;

    @Option(
        names = "--limit",
        paramLabel = "N",
        description = "The most entries shown, up to 1000. Default: 100.")
    private int limit = 100;

    Listing(BanyanCommand banyan) {
      this.banyan = banyan;
    }

    @Override
    public Integer call() {
      String of =
          family == null ? "" : "&family=" + URLEncoder.encode(family, StandardCharsets.UTF_8);
      String path = OUTBOX + "?after=" + after + "&limit=" + limit + of;
      return banyan.ask(client -> client.get(path), Listing::text);
    }

    private static String text(JsonNode page) {
      if (page.path("entries").isEmpty()) {
        return "the outbox is empty\n";
      }
      Table table =
          new Table(
              "SEQ", "FAMILY", "STATE", "OWNER", "SINCE", "REQUEST", "TOUCHES", "TRIES", "SAYS");
      for (JsonNode entry : page.path("entries")) {
        table.row(
            entry.path("seq").asString(""),
            entry.path("family").asString(""),
            entry.path("state").asString(""),
            entry.path("owner").asString(""),
            Figures.moment(entry.path("at")),
            entry.path("method").asString("") + " " + entry.path("path").asString(""),
            entry
                .path("touched")
                .valueStream()
                .map(key -> key.asString(""))
                .collect(Collectors.joining(" ")),
            entry.path("tries").asString(""),
            entry.path("says").asString(""));
      }
      return table.toString();
    }
  }

  /// Has some tried again.
  @Command(
      name = "retry",
      description = {
        "Sends parked entries to the other side again, and asks the owner of indeterminate ones"
            + " again, by the same idempotency key.",
        "The latter only for a family that says 'dual.idempotent: true'."
      },
      footer = "  banyan outbox retry 17 18 --reason 'the candidate is mended'")
  static final class Retry implements Callable<Integer> {
    private final BanyanCommand banyan;

    @Parameters(arity = "1..*", paramLabel = "SEQ", description = "Their numbers.")
    private List<Long> entries = List.of();

    @Mixin private Reasoned reasoned = new Reasoned();

    Retry(BanyanCommand banyan) {
      this.banyan = banyan;
    }

    @Override
    public Integer call() {
      return settle(banyan, entries, reasoned, "retry", "is tried again");
    }
  }

  /// Takes some out.
  @Command(
      name = "discard",
      description = {
        "Takes parked or indeterminate entries out of the outbox; they are not sent any more.",
        "What they touched stays dirty until its rows have been compared."
      },
      footer = "  banyan outbox discard 17 --reason 'a test order, deleted on both sides'")
  static final class Discard implements Callable<Integer> {
    private final BanyanCommand banyan;

    @Parameters(arity = "1..*", paramLabel = "SEQ", description = "Their numbers.")
    private List<Long> entries = List.of();

    @Mixin private Reasoned reasoned = new Reasoned();

    Discard(BanyanCommand banyan) {
      this.banyan = banyan;
    }

    @Override
    public Integer call() {
      return settle(banyan, entries, reasoned, "discard", "is discarded");
    }
  }

  /// One after the other, up to the first that is refused.
  private static int settle(
      BanyanCommand banyan, List<Long> entries, Reasoned reasoned, String verb, String told) {
    Map<String, Object> body = reasoned.body(banyan.environment());
    for (long seq : entries) {
      int code =
          banyan.ask(
              client -> client.post(OUTBOX + "/" + seq + "/" + verb, body),
              entry ->
                  "entry "
                      + seq
                      + ", "
                      + entry.path("method").asString("")
                      + " "
                      + entry.path("path").asString("")
                      + ", "
                      + told
                      + "\n");
      if (code != ExitCode.DONE) {
        return code;
      }
    }
    return ExitCode.DONE;
  }
}
