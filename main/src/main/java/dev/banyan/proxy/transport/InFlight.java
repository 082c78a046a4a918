package dev.banyan.proxy.transport;

import dev.banyan.proxy.Capture;
import dev.banyan.proxy.KeptWrite;
import dev.banyan.proxy.Limit;
import dev.banyan.proxy.Problem;
import dev.banyan.proxy.ProxyFailure;
import dev.banyan.proxy.ProxyFailure.Kind;
import dev.banyan.proxy.ServiceOptions;
import dev.banyan.routing.Decision;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import org.jspecify.annotations.Nullable;

/// One request from its decision to the last byte of its answer.
///
/// It asks for a connection, sends the request on, and relays the answer. Before the answer's first
/// byte has gone to the client, a failure can still be mended: by the same service once more, as
/// far as [Attempts] and the service's budget allow, or by the legacy through the safety net. After
/// that byte, a failure ends the client's connection, so that no half an answer looks whole.
///
/// It belongs to one event loop.
final class InFlight extends AskingRequest implements Keeping.Held {
  private final ClientSide client;
  private final long mostBody;

  /// Null but for writes to families whose sides each have data of their own.
  private final @Nullable OwnedWrite write;

  private @Nullable UpstreamLeg upstream;
  private @Nullable HeldAnswer held;

  private boolean starting;
  private boolean answering;
  private boolean done;

  InFlight(
      Worker worker,
      ClientSide client,
      HttpRequest head,
      Decision decision,
      long unit,
      @Nullable OwnedWrite write,
      String id,
      long began,
      long mostBody) {
    super(worker, head, decision, unit, id, began);
    this.client = client;
    this.mostBody = mostBody;
    this.write = write;
    this.tap = newTap();
  }

  void start() {
    starting = true;
    proceed();
    starting = false;
  }

  private void proceed() {
    if (decision.isHeld() && write != null) {
      told = true; // there is no leg to be told of
      legBegan = worker.nanos().getAsLong();
      if (!worker.hold().take(this, write)) {
        heldTooLong(Limit.HELD_WRITES);
      }
      return;
    }
    KeptWrite kept = null;
    if (write != null) {
      write.begin(decision);
      kept = write.kept(decision);
    }
    if (kept == null) {
      keeping = null;
      ask(decision.service());
    } else {
      legBegan = worker.nanos().getAsLong();
      Keeping next = new Keeping(kept, head, body, worker.pools().loop(), this, keeping);
      keeping = next;
      next.begin(client, bytesIn);
      if (!starting) {
        client.readingMayChange();
      }
    }
  }

  @Override
  public void letGo() {
    ask(decision.service());
  }

  @Override
  public void keptBack(ProxyFailure why) {
    worker.limited(Limit.behind(why.kind()));
    failure = why;
    answerProblem(why);
  }

  // ---- what comes from the client

  /// The next piece of the request's body.
  void requestContent(HttpContent content) {
    if (done) {
      content.release();
      return;
    }
    if (tap != null) {
      tap.request(content.content());
    }
    bytesIn += content.content().readableBytes();
    if (mostBody > 0 && bytesIn > mostBody) {
      content.release();
      worker.outcomes().limited(Limit.BODY);
      requestBroken(ProxyFailure.refused(Kind.BODY_TOO_LARGE, "over " + mostBody + " bytes"));
      return;
    }
    boolean kept = body.isKept();
    body.receive(content, upstream);
    if (kept && !body.isKept()) {
      worker.outcomes().limited(Limit.REPLAY);
    }
    if (keeping != null) {
      keeping.received(bytesIn);
    }
  }

  boolean isRequestComplete() {
    return body.isComplete();
  }

  /// Whether there is room for more of the request's body.
  boolean wantsMore() {
    UpstreamLeg to = upstream;
    return body.isComplete()
        || (to != null && to.isWritable())
        || (keeping != null && keeping.collects());
  }

  /// Everything that the client sent at once has been passed on.
  void flushRequest() {
    if (upstream != null) {
      upstream.flush();
    }
  }

  /// The client's connection takes more of the answer again.
  void clientWritable() {
    if (upstream != null) {
      upstream.resume();
    }
  }

  /// The client's request turned out not to be HTTP in the middle of its body.
  void requestBroken(ProxyFailure broken) {
    boolean begun = answering;
    giveUp("its body broke off");
    failure = broken;
    if (begun) {
      tellEnd(worker.outcomes(), How.BROKEN_OFF);
      client.breakOff();
    } else {
      tellProblem(worker.outcomes(), broken, false);
      client.refuse(broken, id);
    }
  }

  /// The client's connection has ended: nobody waits any more.
  void clientGone() {
    if (!done) {
      giveUp("its client left");
      tellEnd(worker.outcomes(), How.CLIENT_GONE);
    }
  }

  private void giveUp(String why) {
    if (decision.isHeld() && write != null) {
      worker.hold().leave(write);
    }
    end();
    unanswered();
    if (upstream != null) {
      if (write != null && status == 0) {
        write.unanswered(decision, why);
      }
      upstream.abort();
      upstream = null;
    } else {
      waited = sinceLegBegan();
    }
    dropHeld();
    body.release();
    abandon(Capture.Reason.CLIENT_GONE);
    tellLeft(worker.outcomes(), sinceLegBegan());
    if (fallback) {
      worker.net().withdraw();
    }
  }

  private void end() {
    done = true;
    if (write != null) {
      write.end();
    }
  }

  // ---- a write that is held back

  /// A table says where it goes: elsewhere than an earlier one, or at all.
  void decideAnew(Decision next, OwnedWrite by) {
    abandon(Capture.Reason.PRIMARY_FAILED);
    by.end();
    unanswered(); // what was written down of it was for another owner
    told = true; // there was no leg
    decided(next, by.unit(), worker.outcomes());
    Tap now = newTap();
    tap = now;
    if (now != null) {
      body.show(content -> now.request(content.content()));
    }
    proceed();
  }

  /// Nothing of it has been sent to anybody, and nothing will be.
  ///
  /// @param limit that was reached, or null where the gateway is being closed
  void heldTooLong(@Nullable Limit limit) {
    worker.limited(limit);
    ProxyFailure why = ProxyFailure.refused(Kind.WRITES_HELD, "writes are held back");
    failure = why;
    answerProblem(why);
  }

  // ---- what comes from the backend

  @Override
  public boolean gone() {
    return done;
  }

  @Override
  public void connected(UpstreamLeg connection) {
    if (write != null && !starting && sent == 0 && write.goesElsewhere(this, connection)) {
      return;
    }
    upstream = connection;
    waited = sinceLegBegan();
    legBegan += waited;
    sent++;
    worker.outcomes().sent(decision, side);
    connection.begin(this, head);
    body.sendTo(connection);
    if (!starting) {
      connection.flush();
      client.readingMayChange();
    }
  }

  @Override
  public void interim(HttpResponse interim) {
    if (!answering) {
      hinted = true;
      client.interim(interim);
      if (!client.isWritable() && upstream != null) {
        upstream.pause();
      }
    }
  }

  @Override
  public void switched(HttpResponse agreed, Channel backend, ServiceOptions service) {
    answered(agreed);
    upstream = null;
    end();
    dropHeld();
    tellAnswered(worker.outcomes());
    if (fallback) {
      worker.net().leave(true, worker.nanos().getAsLong());
    }
    body.release();
    new Tunnel(worker, this, service, client.switched(agreed, id), backend).open();
  }

  @Override
  public void head(HttpResponse answer) {
    answered(answer);
    UpstreamLeg from = upstream;
    if (status >= 500 && from != null && mayFallBack()) {
      held = new HeldAnswer(answer, from, body.isComplete());
      tellAnswered(worker.outcomes());
      replaced = status;
      fallBack();
      return;
    }
    if (held != null) {
      dropHeld();
    }
    relay(answer);
  }

  private void relay(HttpResponse answer) {
    answering = true;
    if (HeaderRules.isEventStream(answer)) {
      abandon(Capture.Reason.STREAM); // it may have no end, and what is held for it none either
    } else if (tap != null) {
      tap.head(answer);
    }
    if (write != null) {
      write.answering(answer.headers());
    }
    client.answer(answer, id);
  }

  @Override
  public void content(HttpContent content, boolean last) {
    if (tap != null) {
      tap.response(content.content());
    }
    bytesOut += content.content().readableBytes();
    if (last) {
      complete(content);
    } else {
      client.write(content);
      if (!client.isWritable() && upstream != null) {
        upstream.pause();
      }
    }
  }

  private void complete(HttpContent last) {
    upstream = null;
    end();
    tellAnswered(worker.outcomes());
    if (fallback) {
      worker.net().leave(status < 500, worker.nanos().getAsLong());
    }
    if (tap != null) {
      if (body.isComplete()) {
        tap.complete(head, side, headTook, sinceLegBegan());
        tap = null;
      }
      abandon(Capture.Reason.PRIMARY_FAILED);
    }
    body.release();
    tellEnd(worker.outcomes(), How.ANSWERED);
    client.writeLast(last);
    client.finished(body.isComplete());
  }

  @Override
  public void readComplete() {
    client.flush();
  }

  @Override
  public void writabilityChanged() {
    client.readingMayChange();
  }

  @Override
  public void unavailable(ProxyFailure why) {
    waited = sinceLegBegan();
    mendOrEnd(why);
  }

  @Override
  public void failed(ProxyFailure why) {
    if (why.progress() == ProxyFailure.Progress.UNSENT) {
      sent--;
    }
    mendOrEnd(why);
  }

  private void mendOrEnd(ProxyFailure why) {
    upstream = null;
    Limit reached = why.limit();
    worker.limited(reached);
    if (!answering && tryAgain(why)) {
      return;
    }
    if (write != null && sent > 0 && status == 0) {
      write.unanswered(decision, Problem.of(why.kind()).code());
    }
    ProxyFailure here = why.on(side);
    failure = here;
    unanswered();
    if (answering && (reached == Limit.LONGEST || reached == Limit.STREAM_IDLE)) {
      // A stream that was ended in time is no error of the side that kept it open.
      tellAnswered(worker.outcomes());
    }
    tellFailed(worker.outcomes(), here, sinceLegBegan());
    if (answering) {
      breakOff();
    } else if (mayFallBack()) {
      fallBack();
    } else {
      leaveNet();
      if (held != null && held.isToBeHad()) {
        relayHeld(held);
      } else {
        dropHeld();
        answerProblem(why);
      }
    }
  }

  private void breakOff() {
    leaveNet();
    end();
    body.release();
    abandon(Capture.Reason.PRIMARY_FAILED);
    tellEnd(worker.outcomes(), How.BROKEN_OFF);
    client.breakOff();
  }

  private void answerProblem(ProxyFailure why) {
    end();
    body.release();
    abandon(Capture.Reason.PRIMARY_FAILED);
    boolean toHead = head.method().equals(HttpMethod.HEAD);
    tellProblem(worker.outcomes(), why, toHead);
    client.answerProblem(why, id, body.isComplete() || !HeaderRules.hasBody(head));
  }

  // ---- the safety net

  private boolean mayFallBack() {
    return !fallback
        && !answering
        && decision.fallback() != null
        && body.isKept()
        && worker.enterNet();
  }

  private void fallBack() {
    String legacy = decision.fallback();
    if (legacy == null) {
      throw new IllegalStateException("nothing to fall back to");
    }
    sampled = tap != null;
    abandon(Capture.Reason.PRIMARY_FAILED);
    upstream = null;
    fallback = true;
    fellBack = true;
    status = 0;
    side = side.other();
    ask(legacy);
  }

  /// The legacy failed too: the candidate's own answer is better than one of ours.
  private void relayHeld(HeldAnswer answer) {
    held = null;
    told = true; // when it was put aside
    replaced = 0;
    status = answer.head().status().code();
    upstream = answer.connection();
    UpstreamLeg rest = upstream;
    if (rest != null) {
      rest.handTo(this);
    }
    relay(answer.head());
    HttpContent next;
    while ((next = answer.poll()) != null) {
      content(next, next instanceof LastHttpContent);
    }
    ProxyFailure broken = answer.failure();
    if (broken != null) {
      failed(broken);
    } else if (rest != null && !done) {
      rest.resume();
      client.flush();
    }
  }

  private void dropHeld() {
    if (held != null) {
      held.discard();
      held = null;
    }
  }
}
