package dev.banyan.proxy.transport;

import dev.banyan.proxy.ProxyFailure;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// A candidate's 5xx answer, put aside while the legacy is asked instead: dropped when the legacy
/// answers, given to the client after all when it does not.
///
/// The connection is paused at once, so what piles up here is no more than what had been read
/// already.
final class HeldAnswer implements UpstreamUser {
  private final HttpResponse head;
  private final boolean requestWhole;
  private final ArrayDeque<HttpContent> body = new ArrayDeque<>(2);
  private @Nullable UpstreamLeg connection;
  private @Nullable ProxyFailure failure;

  /// @param requestWhole whether all of the request has been sent on the connection: nothing more
  ///   of it goes there from now on
  HeldAnswer(HttpResponse head, UpstreamLeg connection, boolean requestWhole) {
    this.head = head;
    this.requestWhole = requestWhole;
    this.connection = connection;
    connection.handTo(this);
    connection.pause();
  }

  /// Drops the answer, and the connection unless the answer was whole already.
  void discard() {
    UpstreamLeg open = connection;
    connection = null;
    if (open != null) {
      open.abort();
    }
    HttpContent next;
    while ((next = body.pollFirst()) != null) {
      next.release();
    }
  }

  HttpResponse head() {
    return head;
  }

  /// The next piece that came, or null.
  @Nullable HttpContent poll() {
    return body.pollFirst();
  }

  /// The connection the rest will come on; null when the answer is whole or has failed.
  @Nullable UpstreamLeg connection() {
    return connection;
  }

  @Nullable ProxyFailure failure() {
    return failure;
  }

  /// Whether all of it is here or can still come. What is left of an answer must not be waited for
  /// on a connection that lacks a part of the request: the part that comes next would be taken for
  /// it, and the next request for what is missing.
  boolean isToBeHad() {
    return connection == null || requestWhole;
  }

  @Override
  public boolean gone() {
    return false;
  }

  @Override
  public void connected(UpstreamLeg made) {
    throw new IllegalStateException("an answer that is held asks for no connection");
  }

  @Override
  public void unavailable(ProxyFailure why) {
    throw new IllegalStateException("an answer that is held asks for no connection");
  }

  @Override
  public void interim(HttpResponse interim) {
    throw new IllegalStateException("an interim answer after the final one");
  }

  @Override
  public void head(HttpResponse second) {
    throw new IllegalStateException("a second answer to one request");
  }

  @Override
  public void content(HttpContent content, boolean last) {
    body.addLast(content);
    if (last) {
      connection = null;
    }
  }

  @Override
  public void readComplete() {
    // Nothing goes anywhere yet.
  }

  @Override
  public void writabilityChanged() {
    // The request is not being sent any further.
  }

  @Override
  public void failed(ProxyFailure why) {
    connection = null;
    failure = why;
  }
}
