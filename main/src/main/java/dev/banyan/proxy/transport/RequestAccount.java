package dev.banyan.proxy.transport;

import dev.banyan.migration.Side;
import dev.banyan.proxy.Outcomes;
import dev.banyan.proxy.Problem;
import dev.banyan.proxy.ProxyFailure;
import dev.banyan.proxy.RequestEnd;
import dev.banyan.routing.Decision;
import io.netty.handler.codec.http.HttpRequest;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// What is told of a request and of its legs, kept while it goes on. It is the same object as the
/// request in flight, so that telling allocates nothing.
///
/// It belongs to one event loop.
abstract class RequestAccount implements RequestEnd {
  private static final int SERVER_ERROR = 500;

  final HttpRequest head;
  final String id;

  /// What was decided last: once for all, but for a write of which nothing has been sent.
  Decision decision;

  /// The hash of its sticky unit, 0 where it has none or no weight decided.
  private long unit;

  Side side;
  int status;
  long headTook;
  long waited;
  long bytesIn;
  long bytesOut;
  int replaced;

  /// Legs that anything of the request was sent on.
  int sent;

  /// Whether the leg under way stands in for the other side's, which has failed.
  boolean fallback;

  /// Whether the leg under way has been told of.
  boolean told;

  boolean fellBack;

  /// Whether it was to be compared when the legacy was asked to stand in.
  boolean sampled;

  @Nullable ProxyFailure failure;

  /// When the leg under way began.
  long legBegan;

  /// What holds it back until it is written down; null where nothing does.
  @Nullable Keeping keeping;

  private final LongSupplier nanos;
  private final long began;
  private How how = How.ANSWERED;
  private long took;
  private boolean accounted;

  /// @param began when it was decided on, by the gateway's clock
  RequestAccount(
      HttpRequest head, Decision decision, long unit, String id, long began, LongSupplier nanos) {
    this.head = head;
    this.decision = decision;
    this.unit = unit;
    this.id = id;
    this.side = decision.primary();
    this.nanos = nanos;
    this.began = began;
  }

  /// It has been decided anew, by a later table.
  ///
  /// @param of the hash of its sticky unit
  final void decided(Decision anew, long of, Outcomes outcomes) {
    decision = anew;
    side = anew.primary();
    unit = anew.isWeighted() ? of : 0;
    if (anew.isWeighted()) {
      outcomes.routed(anew, unit);
    }
  }

  /// Tells that the leg under way was answered, unless its end was told already.
  final void tellAnswered(Outcomes outcomes) {
    if (!told) {
      told = true;
      outcomes.answered(decision, unit, side, status, headTook, fallback);
      if (fallback && sampled) {
        outcomes.stoodIn(decision, status >= SERVER_ERROR, headTook);
      }
    }
  }

  /// The same of a leg that failed.
  final void tellFailed(Outcomes outcomes, ProxyFailure why, long nanos) {
    if (!told) {
      told = true;
      outcomes.failed(decision, unit, side, why, nanos, fallback);
      if (fallback && sampled) {
        outcomes.stoodIn(decision, true, nanos);
      }
    }
  }

  /// The same of one whose client left.
  final void tellLeft(Outcomes outcomes, long nanos) {
    if (status > 0) {
      tellAnswered(outcomes);
    } else if (!told) {
      told = true;
      outcomes.abandoned(decision, unit, side, nanos, fallback);
    }
  }

  /// Tells whoever keeps it that its owner has answered.
  final void tellKeeping() {
    if (keeping != null) {
      keeping.answered(status);
    }
  }

  /// Tells whoever keeps it that the leg under way has ended: unless its owner has answered, nobody
  /// knows what became of it.
  final void unanswered() {
    if (keeping != null) {
      keeping.unanswered(sent > 0);
    }
  }

  /// Tells of the end by an answer of the gateway's own.
  final void tellProblem(Outcomes outcomes, ProxyFailure why, boolean toHead) {
    Problem problem = Problem.of(why.kind());
    status = problem.status();
    bytesOut = toHead ? 0 : problem.json(id).length;
    tellEnd(outcomes, How.ANSWERED);
  }

  final long sinceLegBegan() {
    return nanos.getAsLong() - legBegan;
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

  /// When the request was decided on, by the gateway's clock.
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
