package dev.banyan.proxy.transport;

import dev.banyan.proxy.AfterWrites;
import dev.banyan.proxy.KeptWrite;
import dev.banyan.proxy.StickyUnit;
import dev.banyan.proxy.UncertainWrites;
import dev.banyan.routing.Decision;
import dev.banyan.routing.OwnData;
import dev.banyan.routing.Route;
import dev.banyan.routing.RoutingTable;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What one write to a family needs whose sides each have data of their own: it is counted while it
/// is under way, it may be decided anew as long as nothing of it was sent, and its unit's reads
/// must find what it wrote.
///
/// It belongs to one event loop.
final class OwnedWrite {
  private static final String IDEMPOTENCY_KEY = "idempotency-key";

  private final Worker worker;
  private final HttpRequest head;
  private final String id;
  private final long unit;
  private Route route;
  private boolean underWay;

  /// @param unit the hash of its sticky unit, or [StickyUnit#NONE]
  OwnedWrite(Worker worker, HttpRequest head, String id, Route route, long unit) {
    this.worker = worker;
    this.head = head;
    this.id = id;
    this.route = route;
    this.unit = unit;
  }

  long unit() {
    return unit;
  }

  /// What a table says of it, or null where it says nothing.
  @Nullable Decision decide(RoutingTable table) {
    Route by = table.match(head.method().name(), head.uri());
    if (by == null) {
      return null;
    }
    boolean own = unit == StickyUnit.NONE && by.isWeighted();
    return by.decideFor(own ? by.hash(id) : unit);
  }

  /// What waited for a connection may meanwhile have got another owner, or none that is known; and
  /// a process that was stopped in between would send it to whoever was the owner then.
  ///
  /// @param unused what it has waited for, of the service that it was decided for
  /// @return whether it has gone elsewhere
  boolean goesElsewhere(InFlight request, UpstreamLeg unused) {
    Decision next = decide(worker.table().current(worker.nanos().getAsLong()));
    if (next == null || (!next.isHeld() && next.service().equals(request.decision.service()))) {
      return false;
    }
    unused.abort();
    request.decideAnew(next, this);
    return true;
  }

  /// What writes it down before it is sent, or null where nothing must.
  @Nullable KeptWrite kept(Decision decision) {
    return worker.kept().keeps(decision.route()) ? worker.kept().begin(decision, unit) : null;
  }

  /// It is sent, or waits to be written down or for a connection to be sent on.
  void begin(Decision decision) {
    route = decision.route();
    String family = route.family();
    if (!underWay && family != null) {
      underWay = true;
      worker.hold().began(family);
    }
  }

  void end() {
    String family = route.family();
    if (underWay && family != null) {
      underWay = false;
      worker.hold().ended(family);
    }
  }

  /// It has been answered, and the answer is about to go to the client.
  void answering(HttpHeaders answer) {
    AfterWrites after = worker.writes().after();
    OwnData own = route.ownData();
    String family = route.family();
    if (own == null || family == null) {
      return;
    }
    after.wrote(family, route.epoch(), own, unit);
    boolean secure = worker.options().tls() != null;
    switch (own.readYourWrites()) {
      case COOKIE -> answer.add(HttpHeaderNames.SET_COOKIE, after.cookie(family, secure));
      case HEADER -> answer.add(AfterWrites.HEADER, after.header(family));
      case UNIT, OFF -> {}
    }
  }

  /// It was sent and no answer came: nobody knows whether it was done.
  void unanswered(Decision sent, String why) {
    Route by = sent.route();
    String family = by.family();
    OwnData own = by.ownData();
    if (family == null || own == null) {
      return;
    }
    worker.writes().after().wrote(family, by.epoch(), own, unit);
    if (!isOvertaken(by)) {
      return; // it may still come to be known where it was sent to
    }
    worker
        .writes()
        .uncertain()
        .add(
            new UncertainWrites.Sent(
                family,
                by.epoch(),
                sent.primary(),
                head.method().name(),
                path(),
                unit,
                id,
                head.headers().get(IDEMPOTENCY_KEY),
                why));
  }

  /// Whether the family's writes are held now, or have been decided on since.
  private boolean isOvertaken(Route by) {
    Decision now = decide(worker.table().current(worker.nanos().getAsLong()));
    return now == null
        || now.isHeld()
        || now.route().epoch() != by.epoch()
        || !Objects.equals(now.route().family(), by.family());
  }

  /// Without the query, which may hold what nobody should read.
  private String path() {
    int query = head.uri().indexOf('?');
    return query < 0 ? head.uri() : head.uri().substring(0, query);
  }
}
