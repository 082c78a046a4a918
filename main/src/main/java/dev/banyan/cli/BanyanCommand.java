package dev.banyan.cli;

import java.io.PrintWriter;
import java.net.URI;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// The command itself: what all its subcommands share.
@Command(
    name = "banyan",
    mixinStandardHelpOptions = true,
    usageHelpAutoWidth = false,
    description = "Moves a backend from one stack to another while it keeps serving.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:refused, or differences found",
      "2:the command was not understood",
      "3:the control plane can not be reached",
      "70:a fault of Banyan's own"
    },
    footerHeading = "%nExamples:%n",
    footer = {"  banyan run banyan.yaml", "  banyan status -w"})
final class BanyanCommand {
  private static final String CONTROL = "http://127.0.0.1:8081";
  private static final int BAD_REQUEST = 400;
  private static final JsonMapper INDENTED =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private final Environment environment;
  private final PrintWriter out;
  private final PrintWriter err;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "json|text",
      scope = ScopeType.INHERIT,
      description = "For programs or for people. Default: text.")
  private OutputFormat output = OutputFormat.TEXT;

  @Option(
      names = "--control",
      paramLabel = "URL",
      scope = ScopeType.INHERIT,
      description = "The control plane. Default: BANYAN_CONTROL, else " + CONTROL + ".")
  private @Nullable String control;

  @Option(
      names = "--token",
      paramLabel = "TOKEN",
      scope = ScopeType.INHERIT,
      description = "The control plane's token. Default: BANYAN_TOKEN (other users see arguments).")
  private @Nullable String token;

  BanyanCommand(Environment environment, PrintWriter out, PrintWriter err) {
    this.environment = environment;
    this.out = out;
    this.err = err;
  }

  Environment environment() {
    return environment;
  }

  OutputFormat output() {
    return output;
  }

  PrintWriter out() {
    return out;
  }

  PrintWriter err() {
    return err;
  }

  /// Asks the control plane and writes what it says, as JSON or through `text`.
  ///
  /// @param code the exit code that goes with an answer
  int ask(
      Function<ControlClient, Answer> question,
      Function<JsonNode, String> text,
      ToIntFunction<JsonNode> code) {
    try (ControlClient client = client()) {
      return tell(question.apply(client), text, code);
    }
  }

  int ask(Function<ControlClient, Answer> question, Function<JsonNode, String> text) {
    return ask(question, text, _ -> ExitCode.DONE);
  }

  int tell(Answer answer, Function<JsonNode, String> text, ToIntFunction<JsonNode> code) {
    return switch (answer) {
      case Answer.Given given -> {
        out.print(
            output == OutputFormat.JSON ? json(given.document()) : text.apply(given.document()));
        out.flush();
        yield code.applyAsInt(given.document());
      }
      case Answer.Refused refused -> refuse(refused.problem());
    };
  }

  private int refuse(JsonNode problem) {
    if (output == OutputFormat.JSON) {
      out.print(json(problem));
      out.flush();
    } else {
      err.print(refusal(problem));
      err.flush();
    }
    // 400 says that the words were wrong, which is the caller's doing and not the family's state.
    return problem.path("status").asInt() == BAD_REQUEST ? ExitCode.USAGE : ExitCode.REFUSED;
  }

  private static String refusal(JsonNode problem) {
    StringBuilder text = new StringBuilder("banyan: ");
    text.append(
            problem.path("gates").isEmpty()
                ? problem.path("detail").asString("refused")
                : "refused, for not every gate says promote:")
        .append('\n');
    for (JsonNode gate : problem.path("gates")) {
      text.append("  ").append(Figures.gate(gate)).append('\n');
    }
    if (problem.path("code").asString("").equals("unauthorized")) {
      text.append("  give the right one with BANYAN_TOKEN or --token\n");
    }
    return text.toString();
  }

  private static String json(JsonNode document) {
    return INDENTED.writeValueAsString(document) + "\n";
  }

  ControlClient client() {
    String url = control == null ? environment.variable("BANYAN_CONTROL", CONTROL) : control;
    String secret = token == null ? environment.variable("BANYAN_TOKEN", "") : token;
    return new ControlClient(uri(url), secret.isEmpty() ? null : secret);
  }

  private static URI uri(String url) {
    try {
      URI uri = URI.create(url);
      if (uri.getHost() != null && uri.getScheme().matches("https?")) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      throw notAnUrl(url);
    }
    throw notAnUrl(url);
  }

  private static CommandFailedException notAnUrl(String url) {
    return new CommandFailedException(
        ExitCode.USAGE, "--control: '" + url + "' is no URL such as " + CONTROL);
  }
}
