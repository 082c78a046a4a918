package dev.banyan.proxy.transport;

import dev.banyan.proxy.Capture;
import dev.banyan.proxy.Limit;
import dev.banyan.proxy.ProxyFailure;
import dev.banyan.proxy.ProxyFailure.Kind;
import dev.banyan.routing.Decision;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A request that asks a service for a connection, and for another one where a failure may be
/// mended so, as far as [Attempts] and the service's budget allow.
///
/// It belongs to one event loop.
abstract class AskingRequest extends RequestAccount implements UpstreamUser {
  final Worker worker;
  final RequestBody body;
  @Nullable AddressPools service;
  @Nullable UpstreamPool pool;

  /// Whether the backend has said anything before its answer.
  boolean hinted;

  /// What is compared of it; null where nothing is, or not any more.
  @Nullable Tap tap;

  private @Nullable Attempts attempts;

  AskingRequest(
      Worker worker, HttpRequest head, Decision decision, long unit, String id, long began) {
    super(head, decision, unit, id, began, worker.nanos());
    this.worker = worker;
    this.body = new RequestBody(decision.route().safe() ? worker.options().replayBytes() : 0);
  }

  final void ask(String name) {
    legBegan = worker.nanos().getAsLong();
    told = false;
    attempts = null;
    AddressPools of = worker.pools().of(name);
    service = of;
    if (of == null) {
      pool = null;
      unavailable(Pools.missing(name));
      return;
    }
    of.service().budget().request(legBegan);
    UpstreamPool to = of.choose(List.of(), legBegan);
    pool = to;
    to.acquire(this, false);
  }

  /// Notes that an address failed, and asks the same side once more where that is allowed.
  final boolean tryAgain(ProxyFailure why) {
    AddressPools of = service;
    UpstreamPool at = pool;
    if (of == null || at == null) {
      return false;
    }
    long now = worker.nanos().getAsLong();
    if (Attempts.speaksAgainst(why)) {
      of.service().failed(at.address(), now);
    }
    Attempts so = attempts == null ? new Attempts() : attempts;
    attempts = so;
    boolean safe = decision.route().safe() && body.isKept();
    if (!so.allow(
        why, new Attempts.Standing(safe, body.isWhole(), hinted), at.address(), of.size())) {
      return false;
    }
    // That a name has an address where nobody listens is no sign of trouble, and costs nobody much.
    boolean free = why.kind() == Kind.CONNECT && !at.address().isCertain();
    if (!free && !of.service().budget().take(now)) {
      worker.outcomes().limited(Limit.RETRIES);
      return false;
    }
    of.service().retried();
    legBegan = now;
    told = false;
    UpstreamPool to = of.choose(so.failedAt(), now);
    pool = to;
    to.acquire(this, why.kind() != Kind.CONNECT);
    return true;
  }

  /// For a request that is to be compared; null for any other, and for one that is held back.
  final @Nullable Tap newTap() {
    return decision.isWatched() && !decision.isHeld()
        ? Tap.on(worker.tee(), head, decision, id)
        : null;
  }

  /// Notes the head of the answer to the leg under way.
  final void answered(HttpResponse answer) {
    headTook = sinceLegBegan();
    status = answer.status().code();
    worker.outcomes().heard(decision, side);
    tellKeeping();
    if (pool != null) {
      pool.address().answered();
    }
    if (service != null) {
      service.answered(answer, legBegan + headTook);
    }
  }

  final void leaveNet() {
    if (fallback) {
      worker.net().leave(false, worker.nanos().getAsLong());
      fallback = false;
      side = decision.primary();
    }
  }

  final void abandon(Capture.Reason reason) {
    if (tap != null) {
      tap.abandon(reason);
      tap = null;
    }
  }
}
