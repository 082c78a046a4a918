package dev.banyan.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// The commands about who may do what. All need the role admin.
final class TokenCommands {
  private static final String TOKENS = "/api/v1/tokens";

  private TokenCommands() {}

  /// Its subcommands do the work.
  @Command(
      name = "token",
      description = {
        "Who may do what: named tokens, each with a role.",
        "viewer looks on; operator promotes, rolls back, holds, deploys and stops the line;"
            + " approver also approves, forces, accepts differences and releases the line; admin"
            + " also makes tokens. Without any token everybody on this machine is an admin."
      },
      footer = {"  banyan token create ann --role admin", "  banyan token list"})
  static final class Group {}

  /// Makes one.
  @Command(
      name = "create",
      description = {
        "Makes a token and shows its secret, this once.",
        "From the first one on everybody needs a token, so the first must be an admin's that does"
            + " not expire."
      },
      footer = {
        "  banyan token create ann --role admin",
        "  banyan token create ci --role operator --expires 90d"
      })
  static final class Create implements Callable<Integer> {
    private final BanyanCommand banyan;

    @Parameters(paramLabel = "NAME", description = "Whom it stands for, as the ledger will say.")
    private String name = "";

    @Option(
        names = "--role",
        required = true,
        paramLabel = "ROLE",
        description = "viewer, operator, approver or admin.")
    private String role = "";

    @Option(
        names = "--expires",
        paramLabel = "TIME",
        description = "How long it holds, such as 90d or 12h. Default: until it is revoked.")
    private @Nullable String expires;

    Create(BanyanCommand banyan) {
      this.banyan = banyan;
    }

    @Override
    public Integer call() {
      Map<String, Object> body = new LinkedHashMap<>();
      body.put("name", name);
      body.put("role", role);
      body.put("actor", banyan.environment().actor());
      if (expires != null) {
        body.put("expires", expires);
      }
      return banyan.ask(client -> client.post(TOKENS, body), Create::text);
    }

    private static String text(JsonNode made) {
      JsonNode token = made.path("token");
      return made.path("secret").asString("")
          + "\n"
          + token.path("name").asString("")
          + " is "
          + token.path("role").asString("")
          + until(token)
          + "; the secret above is not shown again, give it with BANYAN_TOKEN\n";
    }
  }

  /// Shows all.
  @Command(
      name = "list",
      description = "Shows all tokens, without their secrets, which nobody has.",
      footer = "  banyan token list")
  static final class Listing implements Callable<Integer> {
    private final BanyanCommand banyan;

    Listing(BanyanCommand banyan) {
      this.banyan = banyan;
    }

    @Override
    public Integer call() {
      return banyan.ask(client -> client.get(TOKENS), Listing::text);
    }

    private static String text(JsonNode list) {
      if (list.path("tokens").isEmpty()) {
        return "there is no token: everybody on this machine is an admin, unless control.token is"
            + " set\n";
      }
      Table table = new Table("NAME", "ROLE", "CREATED", "EXPIRES");
      for (JsonNode token : list.path("tokens")) {
        table.row(
            token.path("name").asString(""),
            token.path("role").asString(""),
            Figures.moment(token.path("created")),
            token.path("expires").isString() ? Figures.moment(token.path("expires")) : "-");
      }
      return table.toString();
    }
  }

  /// Revokes one.
  @Command(
      name = "revoke",
      description = "Revokes a token and every session of the console that came of it, at once.",
      footer = "  banyan token revoke ci")
  static final class Revoke implements Callable<Integer> {
    private final BanyanCommand banyan;

    @Parameters(paramLabel = "NAME", description = "Its name.")
    private String name = "";

    Revoke(BanyanCommand banyan) {
      this.banyan = banyan;
    }

    @Override
    public Integer call() {
      String path = TOKENS + "/" + ControlClient.segment(name) + "/revoke";
      Map<String, Object> body = Map.of("actor", banyan.environment().actor());
      return banyan.ask(
          client -> client.post(path, body),
          token -> "the token '" + token.path("name").asString("") + "' is revoked\n");
    }
  }

  private static String until(JsonNode token) {
    return token.path("expires").isString()
        ? " until " + Figures.moment(token.path("expires"))
        : "";
  }
}
