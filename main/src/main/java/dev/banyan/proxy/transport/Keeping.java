package dev.banyan.proxy.transport;

import dev.banyan.exchange.Body;
import dev.banyan.exchange.Request;
import dev.banyan.proxy.KeptWrite;
import dev.banyan.proxy.KeptWrite.Told;
import dev.banyan.proxy.ProxyFailure;
import dev.banyan.proxy.ProxyFailure.Kind;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Holds a write back until it is written down: collects its body, has it kept, and lets it go.
///
/// It belongs to the event loop of its request, and so does everything it asks of it.
final class Keeping {
  private static final Logger LOG = LoggerFactory.getLogger(Keeping.class);

  private enum State {
    /// The body is coming.
    COLLECTING,
    /// It is being written down.
    WAITING,
    /// It may be forwarded, or has ended.
    OVER
  }

  /// The request that waits.
  interface Held {
    /// It is kept: it may be forwarded.
    void letGo();

    /// It must not be forwarded.
    void keptBack(ProxyFailure why);
  }

  private final KeptWrite write;
  private final HttpRequest head;
  private final RequestBody body;
  private final Executor loop;
  private final Held held;
  private State state = State.COLLECTING;
  private final String key;
  private final boolean clientsOwn;

  /// Whether there is an entry whose outcome nobody has been told of.
  private boolean owing;

  /// @param before what held the request back when another owner was to get it; null at first
  Keeping(
      KeptWrite write,
      HttpRequest head,
      RequestBody body,
      Executor loop,
      Held held,
      @Nullable Keeping before) {
    this.write = write;
    this.head = head;
    this.body = body;
    this.loop = loop;
    this.held = held;
    if (before == null) {
      String given = head.headers().get(KeptWrite.KEY);
      clientsOwn = given != null && !given.isBlank();
      key = clientsOwn && given != null ? given : write.freshKey();
    } else {
      clientsOwn = before.clientsOwn;
      key = before.key;
    }
  }

  /// Names the request, and invites the body if the client waits to be: the owner, who would
  /// otherwise, hears of the request only when the body is here.
  ///
  /// @param come so much of the body is here
  void begin(ClientSide client, long come) {
    head.headers().set(KeptWrite.KEY, key);
    long announced = HttpUtil.getContentLength(head, 0L);
    if (received(Math.max(come, announced)) && HttpUtil.is100ContinueExpected(head)) {
      head.headers().remove(HttpHeaderNames.EXPECT);
      client.interim(new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
      client.flush();
    }
  }

  /// Whether more of the body is wanted though there is nobody to send it to.
  boolean collects() {
    return state == State.COLLECTING;
  }

  /// So much of the body has come, or is announced.
  ///
  /// @return whether it is still being collected
  boolean received(long bytes) {
    if (state != State.COLLECTING) {
      return false;
    }
    if (bytes > write.mostBody()) {
      state = State.WAITING;
      if (write.mayGoWithout()) {
        write.without(told -> later(told, false));
      } else {
        state = State.OVER;
        held.keptBack(
            ProxyFailure.refused(Kind.BODY_NOT_KEPT, "over " + write.mostBody() + " bytes"));
      }
    } else if (body.isComplete()) {
      state = State.WAITING;
      write.keep(request(), key, clientsOwn, told -> later(told, true));
    }
    return state == State.COLLECTING;
  }

  private Request request() {
    return new Request(
        head.method().name(),
        head.uri(),
        HeaderRules.captured(head.headers()),
        Body.of(body.copyOfHeld()));
  }

  private void later(Told told, boolean entry) {
    try {
      loop.execute(() -> told(told, entry));
    } catch (RejectedExecutionException e) {
      LOG.debug("the gateway is closed; nothing is forwarded", e);
      if (told == Told.KEPT && entry) {
        write.unanswered(false);
      }
    }
  }

  private void told(Told told, boolean entry) {
    boolean over = state == State.OVER; // the client has left
    state = State.OVER;
    owing = told == Told.KEPT && entry;
    if (over) {
      unanswered(false);
      return;
    }
    switch (told) {
      case KEPT -> held.letGo();
      case FULL ->
          held.keptBack(ProxyFailure.refused(Kind.OUTBOX_FULL, "too much waits in the outbox"));
      case UNAVAILABLE ->
          held.keptBack(
              ProxyFailure.refused(Kind.OUTBOX_UNAVAILABLE, "the outbox can not be written"));
    }
  }

  void answered(int status) {
    if (owing) {
      owing = false;
      write.answered(status);
    }
  }

  /// The request has ended, or ends without an answer of its owner's.
  void unanswered(boolean mayHaveReached) {
    state = State.OVER;
    if (owing) {
      owing = false;
      write.unanswered(mayHaveReached);
    }
  }
}
