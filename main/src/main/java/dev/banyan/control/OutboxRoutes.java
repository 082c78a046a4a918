package dev.banyan.control;

import dev.banyan.access.Role;
import dev.banyan.dual.Entry;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/// The routes of the outbox.
final class OutboxRoutes {
  private static final String OUTBOX = "/api/v1/outbox";
  private static final Set<String> REASONED = Set.of("reason", "actor");
  private static final int PAGE = 100;
  private static final int PAGE_LIMIT = 1000;

  private final Operations operations;

  OutboxRoutes(Operations operations) {
    this.operations = operations;
  }

  List<Route> routes() {
    return List.of(
        new Route("GET", OUTBOX, Role.VIEWER, this::list),
        new Route(
            "POST",
            OUTBOX + "/{seq}/retry",
            Role.OPERATOR,
            (request, response) -> settle(request, response, operations::retryEntry)),
        new Route(
            "POST",
            OUTBOX + "/{seq}/discard",
            Role.APPROVER,
            (request, response) -> settle(request, response, operations::discardEntry)));
  }

  private void list(ServerRequest request, ServerResponse response) {
    String family = request.query().first("family").orElse(null);
    long after = ApiRoutes.number(request, "after", 0, Long.MAX_VALUE);
    int limit = (int) ApiRoutes.number(request, "limit", PAGE, PAGE_LIMIT);
    Replies.json(
        response,
        new Page(
            ApiRoutes.stored(() -> operations.outbox(family, after, limit)).stream()
                .map(Listed::of)
                .toList()));
  }

  /// What is done about one entry.
  private interface Act {
    OutboxOrders.Settling on(long seq, String actor, String reason);
  }

  private static void settle(ServerRequest request, ServerResponse response, Act act) {
    String text = request.path().pathParameters().get("seq");
    ChangeBody body = ChangeBody.read(request, REASONED);
    String reason = body.reason();
    long seq = number(text);
    switch (ApiRoutes.stored(() -> act.on(seq, body.actor(), reason))) {
      case OutboxOrders.Settling.Done done -> Replies.json(response, Listed.of(done.entry()));
      case OutboxOrders.Settling.Refused refused -> Replies.problem(response, refused.refusal());
    }
  }

  private static long number(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw RefusedException.invalid("an entry is named by its number, not by '" + text + "'");
    }
  }

  /// @param entries oldest first
  record Page(List<Listed> entries) {}

  /// @param owner the side that answered the client
  /// @param tries how often the side it is meant for may have had it without taking it
  record Listed(
      long seq,
      String family,
      String state,
      String owner,
      Instant at,
      String method,
      String path,
      String idempotencyKey,
      List<String> touched,
      int tries,
      String says) {
    static Listed of(Entry.Listed entry) {
      return new Listed(
          entry.seq(),
          entry.family(),
          entry.state().word(),
          entry.owner().word(),
          entry.at(),
          entry.method(),
          entry.path(),
          entry.key(),
          entry.touched().stream().sorted().toList(),
          entry.tries(),
          entry.says());
    }
  }
}
