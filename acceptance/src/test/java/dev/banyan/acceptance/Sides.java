package dev.banyan.acceptance;

import java.io.IOException;
import java.util.Map;
import java.util.function.Function;

/// A legacy and a candidate to stand behind a gateway, and the parts of `banyan.yaml` that name
/// them.
///
/// @param legacy names itself `legacy`
/// @param candidate names itself `candidate`
record Sides(Backend legacy, Backend candidate) implements AutoCloseable {
  /// Gates that open after a few dozen answers. Nothing is held for being slow: the machine that
  /// runs this may be busy.
  static final String GATES =
      "gates: { slow: 100, margin: 10, slow_from: 10s, baseline: 10, error_rate: 10% }";

  /// Reads an item; the number makes requests and users distinct, and so evidence worth something.
  static final Load.Round ITEMS = reading("items");

  static Sides open() throws IOException {
    return new Sides(Backend.named("legacy"), Backend.named("candidate"));
  }

  /// The services with short patience, and no families yet. Everything is sampled however late the
  /// event loops are: the machine that runs this may be busy.
  String services() {
    return """
    services:
      legacy: { url: %s, response_timeout: 10s }
      candidate: { url: %s, response_timeout: 1s }
    shadow: { lag: 1m }
    """
        .formatted(legacy.url(), candidate.url());
  }

  /// The services and the family `items`, whose gates open after a few comparisons. Nothing is
  /// rolled back for being slow: the machine that runs this may be busy.
  ///
  /// @param more lines for the family, such as `steps: [100%]`
  String items(String... more) {
    return services() + "families:\n" + family("items", more);
  }

  /// A family with the routes `GET`, `POST` and `DELETE` below `/NAME`.
  static String family(String name, String... more) {
    StringBuilder text = new StringBuilder();
    text.append("  ").append(name).append(":\n");
    text.append("    routes: [\"GET /%1$s/{id}\", \"POST /%1$s\", \"DELETE /%1$s/{id}\"]\n");
    text.append("    candidate: candidate\n");
    text.append("    sticky: header:x-user\n");
    text.append("    owner: catalogue-team\n");
    text.append("    soak: 0s\n");
    text.append("    parity: { limit: 50%% }\n");
    text.append("    ").append(GATES.replace("%", "%%")).append('\n');
    for (String line : more) {
      text.append("    ").append(line.replace("%", "%%")).append('\n');
    }
    String all = text.toString();
    if (!all.contains(" breaker:")) {
      all += "    breaker: { requests: 5 }\n";
    }
    return all.formatted(name);
  }

  static Load.Round reading(String family) {
    return (client, number) ->
        client.get("/" + family + "/" + number, Map.of("X-User", "user-" + number));
  }

  /// The side that answers this user's `GET /items/…` through the gateway.
  static String sideOf(Client client, String user) throws IOException {
    return client.get("/items/1", Map.of("X-User", user)).server();
  }

  /// Both sides behave alike from now on.
  void behave(Function<Message, Reply> script) {
    legacy.behave(script);
    candidate.behave(script);
  }

  @Override
  public void close() throws IOException {
    legacy.close();
    candidate.close();
  }
}
