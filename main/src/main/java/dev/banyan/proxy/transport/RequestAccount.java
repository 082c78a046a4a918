package dev.banyan.proxy.transport;

import dev.banyan.migration.Side;
import dev.banyan.proxy.Outcomes;
import dev.banyan.proxy.ProxyFailure;
import dev.banyan.proxy.RequestEnd;
import dev.banyan.routing.Decision;
import io.netty.handler.codec.http.HttpRequest;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// What is told of a request at its end, kept while it goes on. It is the same object as the
/// request in flight, so that telling allocates nothing.
///
/// It belongs to one event loop.
abstract class RequestAccount implements RequestEnd {
  final HttpRequest head;
  final Decision decision;
  final String id;

  Side side;
  int status;
  long headTook;
  long waited;
  long bytesIn;
  long bytesOut;
  int replaced;

  /// Legs that anything of the request was sent on.
  int sent;

  boolean fellBack;
  @Nullable ProxyFailure failure;

  private final LongSupplier nanos;
  private final long began;
  private How how = How.ANSWERED;
  private long took;
  private boolean accounted;

  RequestAccount(HttpRequest head, Decision decision, String id, LongSupplier nanos) {
    this.head = head;
    this.decision = decision;
    this.id = id;
    this.side = decision.primary();
    this.nanos = nanos;
    this.began = nanos.getAsLong();
  }

  /// Tells of the end, once.
  final void tellEnd(Outcomes outcomes, How end) {
    if (!accounted) {
      accounted = true;
      how = end;
      took = nanos.getAsLong() - began;
      outcomes.ended(this);
    }
  }

  /// When the request's head was there, by the gateway's clock.
  final long began() {
    return began;
  }

  @Override
  public final How how() {
    return how;
  }

  @Override
  public final Decision decision() {
    return decision;
  }

  @Override
  public final Side side() {
    return side;
  }

  @Override
  public final String id() {
    return id;
  }

  @Override
  public final @Nullable String traceparent() {
    return head.headers().get(HeaderRules.TRACEPARENT);
  }

  @Override
  public final String method() {
    return head.method().name();
  }

  @Override
  public final String target() {
    return head.uri();
  }

  @Override
  public final int status() {
    return status;
  }

  @Override
  public final long bytesIn() {
    return bytesIn;
  }

  @Override
  public final long bytesOut() {
    return bytesOut;
  }

  @Override
  public final long waited() {
    return waited;
  }

  @Override
  public final long headTook() {
    return headTook;
  }

  @Override
  public final long took() {
    return took;
  }

  @Override
  public final boolean fallback() {
    return fellBack;
  }

  @Override
  public final int replaced() {
    return replaced;
  }

  @Override
  public final int sent() {
    return sent;
  }

  @Override
  public final @Nullable ProxyFailure failure() {
    return failure;
  }
}
