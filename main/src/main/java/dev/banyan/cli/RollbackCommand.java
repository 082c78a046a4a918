package dev.banyan.cli;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/// Back to the legacy, at once.
@Command(
    name = "rollback",
    description = {
      "Takes a family back to an earlier phase. Neither a hold nor a gate refuses it.",
      "No request decided after the command has returned goes to the candidate, unless the phase"
          + " chosen says so."
    },
    footer = {
      "  banyan rollback users --reason 'error reports'",
      "  banyan rollback users --to shadow --reason 'compare on'",
      "  banyan rollback users --accept-loss --reason 'the candidate lost its disk'",
      "  banyan rollback users --local --data /var/lib/banyan --reason 'the database is gone'"
    })
final class RollbackCommand implements Callable<Integer> {
  private final BanyanCommand banyan;
  @Mixin private final Asking asking = new Asking();

  @Option(
      names = "--to",
      paramLabel = "PHASE",
      description =
          "An earlier phase. Default: legacy out of shadow and canary, shadow out of later ones.")
  private @Nullable String to;

  @Option(
      names = "--local",
      description =
          "Over the socket in the data directory, on this machine's process alone: it needs neither"
              + " the store nor a token nor the network. Entered in the ledger once the store is"
              + " back.")
  private boolean local;

  @Option(
      names = "--accept-loss",
      paramLabel = "ROWS",
      arity = "0..1",
      fallbackValue = "0",
      description =
          "Out of retired with data: synced: accepts that so many rows, which the legacy does not"
              + " have as the candidate does, are lost. Without a number, or with another than"
              + " there are, it lists them and changes nothing, unless there are none. For"
              + " approvers.")
  private @Nullable Long acceptLoss;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "With --local, the data directory. Default: .banyan.")
  private Path data = Path.of(".banyan");

  RollbackCommand(BanyanCommand banyan) {
    this.banyan = banyan;
  }

  @Override
  public Integer call() {
    Map<String, Object> body = asking.body(banyan.environment());
    if (to != null) {
      body.put("to", to);
    }
    if (acceptLoss != null) {
      body.put("acceptLoss", acceptLoss.toString());
    }
    if (local) {
      body.put("rollback", asking.family());
      Answer answer = new LocalControl(data).ask(body);
      return banyan.tell(answer, RollbackCommand::text, _ -> ExitCode.DONE);
    }
    return banyan.ask(client -> client.post(asking.path("rollback"), body), RollbackCommand::text);
  }

  private static String text(JsonNode answer) {
    return answer.path("family").path("name").asString("")
        + " is back in "
        + Figures.step(answer.path("family"))
        + "; the swap took "
        + Figures.millis(answer.path("millis").asDouble())
        + replicas(answer.path("replicas"))
        + (answer.path("recorded").asBoolean(true)
            ? ""
            : "; the store has not recorded it yet and is tried until it has")
        + "\n";
  }

  private static String replicas(JsonNode replicas) {
    return replicas.isObject()
        ? "; in force on "
            + replicas.path("acknowledged").asInt()
            + " of "
            + replicas.path("of").asInt()
            + " replicas"
        : "";
  }
}
