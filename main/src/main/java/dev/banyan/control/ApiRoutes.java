package dev.banyan.control;

import dev.banyan.access.Role;
import dev.banyan.migration.Endpoint;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;

/// The routes of the API, each a few lines from the request to [Operations] and back.
final class ApiRoutes {
  private static final String FAMILY = "/api/v1/families/{name}";
  private static final Set<String> PROMOTED = Set.of("to", "weight", "force", "reason", "actor");
  private static final Set<String> RULED = Set.of("where", "endpoint", "kind", "reason", "actor");
  private static final Set<String> RULED_UNTIL =
      Set.of("where", "endpoint", "kind", "until", "reason", "actor");
  private static final int LEDGER_PAGE = 100;
  private static final int LEDGER_PAGE_LIMIT = 1000;

  private final Operations operations;
  private final EventFeed feed;
  private final Guard guard;

  ApiRoutes(Operations operations, EventFeed feed, Guard guard) {
    this.operations = operations;
    this.feed = feed;
    this.guard = guard;
  }

  List<Route> routes() {
    return List.of(
        get("/api/v1/status", this::status),
        get(FAMILY, this::family),
        get(FAMILY + "/explain", this::explain),
        get(FAMILY + "/parity", this::parity),
        change("promote", Role.OPERATOR, PROMOTED, this::promote),
        change(
            "rollback",
            Role.OPERATOR,
            Set.of("to", "reason", "actor", ChangeBody.ACCEPT_LOSS),
            this::rollback),
        change("approve", Role.APPROVER, Set.of("to", "reason", "actor"), this::approve),
        change("hold", Role.OPERATOR, Set.of("reason", "actor"), this::hold),
        change("resume", Role.OPERATOR, Set.of("reason", "actor"), this::resume),
        change("parity/reset", Role.OPERATOR, Set.of("reason", "actor"), this::resetParity),
        change("parity/accept", Role.APPROVER, RULED_UNTIL, this::accept),
        change("parity/critical", Role.OPERATOR, RULED, this::critical),
        change("parity/unaccept", Role.APPROVER, RULED, this::unaccept),
        new Route("POST", "/api/v1/reload", Role.ADMIN, this::reload),
        get("/api/v1/ledger", this::ledger),
        get("/api/v1/ledger/verify", this::verifyLedger),
        get("/api/v1/ledger/replay", this::replayLedger),
        get("/api/v1/ledger/export", new LedgerExport(operations)),
        new Route("POST", "/api/v1/notifications/test", Role.OPERATOR, this::testNotifications),
        get("/api/v1/events", new EventStream(feed, guard)),
        get("/api/v1/openapi.json", ApiRoutes::openApi),
        new Route("GET", "/healthz", true, (_, response) -> plain(response, 200, "ok")),
        new Route("GET", "/readyz", true, this::ready));
  }

  private static Route get(String path, Handler handler) {
    return new Route("GET", path, false, handler);
  }

  private void status(ServerRequest request, ServerResponse response) {
    Replies.json(response, Documents.Status.of(operations.status()));
  }

  private void family(ServerRequest request, ServerResponse response) {
    Replies.family(response, named(request));
  }

  private void explain(ServerRequest request, ServerResponse response) {
    Replies.json(
        response, Documents.Explanation.of(named(request), operations.line().orElse(null)));
  }

  private void parity(ServerRequest request, ServerResponse response) {
    Endpoint only = request.query().first("endpoint").map(ApiRoutes::endpoint).orElse(null);
    FamilyView view = named(request);
    Replies.json(response, Documents.ParityReport.of(view, operations.noise(view.name()), only));
  }

  private static Endpoint endpoint(String text) {
    return ChangeBody.endpoint("endpoint", text);
  }

  private FamilyView named(ServerRequest request) {
    String name = name(request);
    return operations
        .family(name)
        .orElseThrow(() ->
            new RefusedException(
                Refusal.of(
                    Refusal.Code.FAMILY_UNKNOWN,
                    "no family is called '"
                        + name
                        + "'; there are "
                        + operations.status().families().stream()
                            .map(FamilyView::name)
                            .sorted()
                            .toList())));
  }

  private static String name(ServerRequest request) {
    return request.path().pathParameters().get("name");
  }

  /// A request that changes a family: its body is read, then `act` is asked.
  private Route change(String verb, Role needs, Set<String> known, Act act) {
    return new Route(
        "POST",
        FAMILY + "/" + verb,
        needs,
        (request, response) -> {
          named(request);
          switch (act.on(name(request), ChangeBody.read(request, known))) {
            case Outcome.Refused refused -> Replies.problem(response, refused.refusal());
            case Outcome.Done done when verb.equals("rollback") -> {
              response.header(HeaderNames.ETAG, StateTag.of(done.family().state()));
              Replies.json(response, Documents.RolledBack.of(done));
            }
            case Outcome.Done done -> Replies.family(response, done.family());
          }
        });
  }

  /// Asks [Operations] for one kind of change.
  private interface Act {
    Outcome on(String family, ChangeBody body);
  }

  private Outcome promote(String family, ChangeBody body) {
    if (body.force()) {
      body.caller().must(Role.APPROVER);
    }
    return operations.promote(
        new Change.Promotion(
            family,
            body.to(),
            body.weight(),
            body.force(),
            body.reason(),
            body.actor(),
            body.expected()));
  }

  private Outcome approve(String family, ChangeBody body) {
    return operations.approve(
        new Change.Approval(family, body.to(), body.reason(), body.actor(), body.expected()));
  }

  private Outcome rollback(String family, ChangeBody body) {
    Long acceptLoss = body.acceptLoss();
    if (acceptLoss != null) {
      body.caller().must(Role.APPROVER);
    }
    return operations.rollback(
        new Change.Rollback(
            family, body.to(), body.reason(), body.actor(), body.expected(), acceptLoss));
  }

  private Outcome hold(String family, ChangeBody body) {
    return operations.hold(new Change.Hold(family, body.reason(), body.actor(), body.expected()));
  }

  private Outcome resume(String family, ChangeBody body) {
    return operations.resume(
        new Change.Resume(family, body.reason(), body.actor(), body.expected()));
  }

  private Outcome resetParity(String family, ChangeBody body) {
    return operations.resetParity(
        new Change.ParityReset(family, body.reason(), body.actor(), body.expected()));
  }

  private Outcome accept(String family, ChangeBody body) {
    return operations.acceptDifference(
        new Change.ParityAccept(
            family, body.scope(), body.until(), body.reason(), body.actor(), body.expected()));
  }

  private Outcome critical(String family, ChangeBody body) {
    return operations.markCritical(
        new Change.ParityCritical(
            family, body.scope(), body.reason(), body.actor(), body.expected()));
  }

  private Outcome unaccept(String family, ChangeBody body) {
    return operations.unacceptDifference(
        new Change.ParityUnaccept(
            family, body.scope(), body.reason(), body.actor(), body.expected()));
  }

  private void reload(ServerRequest request, ServerResponse response) {
    ChangeBody.read(request, Set.of());
    StatusView.Config config = operations.reload();
    String problems = config.lastError();
    if (problems == null) {
      Replies.json(response, Documents.Config.of(config));
    } else {
      Replies.problem(
          response,
          Refusal.of(
              Refusal.Code.CONFIG_REFUSED, "the configuration in force stays:\n" + problems));
    }
  }

  private void ledger(ServerRequest request, ServerResponse response) {
    long after = number(request, "after", 0, Long.MAX_VALUE);
    int limit = (int) number(request, "limit", LEDGER_PAGE, LEDGER_PAGE_LIMIT);
    Replies.json(
        response, Documents.LedgerPage.of(stored(() -> operations.ledgerAfter(after, limit))));
  }

  static long number(ServerRequest request, String name, long absent, long most) {
    String text = request.query().first(name).orElse(Long.toString(absent));
    try {
      long number = Long.parseLong(text);
      if (number >= 0 && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw RefusedException.invalid(notANumber(name, text, most));
    }
    throw RefusedException.invalid(notANumber(name, text, most));
  }

  private static String notANumber(String name, String text, long most) {
    return "query parameter '" + name + "' must be a number from 0 to " + most + ", not " + text;
  }

  private void verifyLedger(ServerRequest request, ServerResponse response) {
    Replies.json(response, LedgerDocuments.Checked.of(stored(() -> operations.verifyLedger())));
  }

  private void replayLedger(ServerRequest request, ServerResponse response) {
    long from = number(request, "from", 1, Long.MAX_VALUE);
    Replies.json(
        response, LedgerDocuments.Replayed.of(stored(() -> operations.replayLedger(from))));
  }

  private void testNotifications(ServerRequest request, ServerResponse response) {
    ChangeBody.read(request, Set.of());
    Replies.json(response, NotificationDocuments.Tested.of(operations.testNotifications()));
  }

  /// What the store is asked for, before a byte of the answer has been written.
  static <T> T stored(Supplier<T> read) {
    try {
      return read.get();
    } catch (UncheckedIOException e) {
      throw new RefusedException(
          Refusal.of(Refusal.Code.STORE_UNAVAILABLE, String.valueOf(e.getMessage())));
    }
  }

  private static void openApi(ServerRequest request, ServerResponse response) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(ApiRoutes.class.getResourceAsStream("openapi.json"))) {
      response.header(HeaderNames.CONTENT_TYPE, "application/json");
      response.send(in.readAllBytes());
    }
  }

  private void ready(ServerRequest request, ServerResponse response) {
    boolean ready = operations.ready();
    plain(response, ready ? 200 : 503, ready ? "ready" : "the gateway does not listen yet");
  }

  private static void plain(ServerResponse response, int status, String text) {
    response.status(status);
    response.header(HeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8");
    response.send((text + "\n").getBytes(StandardCharsets.UTF_8));
  }
}
