package dev.banyan.control;

import dev.banyan.access.Role;
import dev.banyan.transfer.report.TransferFailed;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;
import java.util.Set;

/// The routes of the transfers.
final class TransferRoutes {
  private static final String ALL = "/api/v1/transfers";
  private static final String ONE = ALL + "/{name}";
  private static final Set<String> MOVED = Set.of("reason", "actor", "unfenced");
  private static final Set<String> RECONCILED = Set.of("reason", "actor", "repair");

  private final TransferOrders transfers;

  TransferRoutes(TransferOrders transfers) {
    this.transfers = transfers;
  }

  List<Route> routes() {
    return List.of(
        new Route("GET", ALL, false, this::all),
        new Route("GET", ONE, false, this::one),
        order("cutover", MOVED, transfers::cutover),
        order("back", MOVED, transfers::back),
        order("reconcile", RECONCILED, transfers::reconcile));
  }

  record Listed(List<TransferView> transfers) {}

  private void all(ServerRequest request, ServerResponse response) {
    Replies.json(response, new Listed(transfers.transfers()));
  }

  private void one(ServerRequest request, ServerResponse response) {
    Replies.json(response, named(request));
  }

  private TransferView named(ServerRequest request) {
    String name = request.path().pathParameters().get("name");
    List<TransferView> all = transfers.transfers();
    return all.stream()
        .filter(view -> view.name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new RefusedException(
                Refusal.of(
                    Refusal.Code.TRANSFER_UNKNOWN,
                    "no transfer is called '"
                        + name
                        + "'; there are "
                        + all.stream().map(TransferView::name).toList())));
  }

  /// Asks [TransferOrders] for one thing.
  private interface Act {
    Object on(TransferOrder ask) throws TransferFailed, InterruptedException;
  }

  private Route order(String verb, Set<String> known, Act act) {
    return new Route(
        "POST",
        ONE + "/" + verb,
        Role.OPERATOR,
        (request, response) -> {
          TransferView view = named(request);
          ChangeBody body = ChangeBody.read(request, known);
          boolean unfenced = body.flag("unfenced");
          if (unfenced) {
            // A write that goes round the gateway is then lost on the way to the new owner.
            body.caller().must(Role.APPROVER);
          }
          TransferOrder ask =
              new TransferOrder(
                  view.name(), body.actor(), body.reason(), unfenced, body.flag("repair"));
          Replies.json(response, done(act, ask));
        });
  }

  private static Object done(Act act, TransferOrder ask) {
    try {
      return act.on(ask);
    } catch (TransferFailed e) {
      throw new RefusedException(Refusal.of(code(e.reason()), String.valueOf(e.getMessage())));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RefusedException(
          Refusal.of(Refusal.Code.TRANSFER_REFUSED, "Banyan is being stopped; ask again then"));
    }
  }

  private static Refusal.Code code(TransferFailed.Reason reason) {
    return switch (reason) {
      case UNKNOWN -> Refusal.Code.TRANSFER_UNKNOWN;
      case CONFIGURATION -> Refusal.Code.CONFIG_REFUSED;
      case UNREACHABLE -> Refusal.Code.DATABASE_UNREACHABLE;
      case BLOCKED, REFUSED -> Refusal.Code.TRANSFER_REFUSED;
      case BUSY -> Refusal.Code.TRANSFER_BUSY;
      case STOPPED -> Refusal.Code.TRANSFER_STOPPED;
      case UNFENCED -> Refusal.Code.TRANSFER_UNFENCED;
    };
  }
}
