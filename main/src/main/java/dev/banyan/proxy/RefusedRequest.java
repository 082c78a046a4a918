package dev.banyan.proxy;

import dev.banyan.migration.Side;
import dev.banyan.routing.Decision;
import org.jspecify.annotations.Nullable;

/// A request that was refused before it had a route.
///
/// @param failure what was wrong with it
public record RefusedRequest(String id, String method, String target, ProxyFailure failure)
    implements RequestEnd {
  @Override
  public How how() {
    return How.REFUSED;
  }

  @Override
  public @Nullable Decision decision() {
    return null;
  }

  @Override
  public @Nullable Side side() {
    return null;
  }

  @Override
  public @Nullable String traceparent() {
    return null;
  }

  @Override
  public int status() {
    return Problem.of(failure.kind()).status();
  }

  @Override
  public long bytesIn() {
    return 0;
  }

  @Override
  public long bytesOut() {
    return Problem.of(failure.kind()).json(id).length;
  }

  @Override
  public long waited() {
    return 0;
  }

  @Override
  public long headTook() {
    return 0;
  }

  @Override
  public long took() {
    return 0;
  }

  @Override
  public boolean fallback() {
    return false;
  }

  @Override
  public int replaced() {
    return 0;
  }

  @Override
  public int sent() {
    return 0;
  }
}
