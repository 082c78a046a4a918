package dev.banyan.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// The two commands that change who owns the rows. The running gateway does it: writes are held
/// there.
final class TransferMoveCommands {
  private static final String TRANSFERS = "/api/v1/transfers";

  private TransferMoveCommands() {}

  /// What both are told.
  static final class Moved {
    @Parameters(
        paramLabel = "NAME",
        arity = "0..1",
        description = "The transfer. May be left out where there is but one.")
    private String name = "";

    @Mixin private final Reasoned reasoned = new Reasoned();

    @Option(
        names = "--unfenced",
        description =
            "Goes without a fence where the old owner's database can not be fenced: workers that go"
                + " round the gateway can still write there. Needs the role approver.")
    private boolean unfenced;

    private int ask(BanyanCommand banyan, String verb) {
      Map<String, Object> body = reasoned.body(banyan.environment());
      if (unfenced) {
        body.put("unfenced", true);
      }
      return banyan.ask(
          client -> order(client, name, verb, body),
          TransferText::moved,
          report -> report.path("done").asBoolean(false) ? ExitCode.DONE : ExitCode.REFUSED);
    }
  }

  /// Asks the gateway for something that may take long.
  ///
  /// @param name of the transfer; empty where there is but one
  static Answer order(ControlClient client, String name, String verb, Map<String, Object> body) {
    if (!name.isEmpty()) {
      return client.postPatiently(path(name, verb), body);
    }
    return switch (client.get(TRANSFERS)) {
      case Answer.Given given ->
          client.postPatiently(
              path(TransferCommands.chosen("", names(given.document())), verb), body);
      case Answer.Refused refused -> refused;
    };
  }

  private static List<String> names(JsonNode document) {
    List<String> names = new ArrayList<>();
    document.path("transfers").forEach(each -> names.add(each.path("name").asString("")));
    return names;
  }

  private static String path(String name, String verb) {
    return TRANSFERS + "/" + ControlClient.segment(name) + "/" + verb;
  }

  /// The target owns the rows from now on.
  @Command(
      name = "cutover",
      description = {
        "Makes the target the owner of the rows: writes are held, the old owner's database is"
            + " fenced, the last changes are brought over and looked at, and the writes go on on"
            + " the other side.",
        "The running gateway does it. Where a step fails or takes too long, all before it is undone"
            + " and the old owner goes on."
      },
      exitCodeList = {
        "0:the target owns the rows",
        "1:refused, or undone",
        "2:the command was not understood",
        "3:the control plane can not be reached",
        "70:a fault of Banyan's own"
      },
      footer = {
        "  banyan transfer cutover users --reason 'all gates green'",
        "  banyan transfer cutover users --unfenced --reason 'no other writers, seen with the team'"
      })
  static final class Cutover implements Callable<Integer> {
    private final BanyanCommand banyan;
    @Mixin private final Moved moved = new Moved();

    Cutover(BanyanCommand banyan) {
      this.banyan = banyan;
    }

    @Override
    public Integer call() {
      return moved.ask(banyan, "cutover");
    }
  }

  /// The source owns the rows again.
  @Command(
      name = "back",
      description = {
        "Makes the source the owner of the rows again, the same way as cutover, mirrored: what was"
            + " written on the target meanwhile is on the source.",
        "The running gateway does it."
      },
      exitCodeList = {
        "0:the source owns the rows",
        "1:refused, or undone",
        "2:the command was not understood",
        "3:the control plane can not be reached",
        "70:a fault of Banyan's own"
      },
      footer = "  banyan transfer back users --reason 'error reports'")
  static final class Back implements Callable<Integer> {
    private final BanyanCommand banyan;
    @Mixin private final Moved moved = new Moved();

    Back(BanyanCommand banyan) {
      this.banyan = banyan;
    }

    @Override
    public Integer call() {
      return moved.ask(banyan, "back");
    }
  }
}
