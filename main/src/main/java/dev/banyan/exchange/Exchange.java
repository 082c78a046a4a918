package dev.banyan.exchange;

import dev.banyan.migration.Endpoint;
import dev.banyan.migration.Side;

/// One request and what each side answered.
///
/// @param id the request id that clients and logs see
/// @param epoch the family's epoch when the request was decided
/// @param primary the leg that the client waited for
/// @param shadow the leg that nobody waited for; its side is the other one
public record Exchange(
    String id,
    String family,
    long epoch,
    Endpoint endpoint,
    Request request,
    Leg primary,
    Leg shadow) {

  public Leg leg(Side side) {
    return primary.side() == side ? primary : shadow;
  }

  /// Gives every body back. Nothing of the exchange may be read after that.
  public void release() {
    request.body().release();
    release(primary);
    release(shadow);
  }

  private static void release(Leg leg) {
    if (leg instanceof Leg.Answered answered) {
      answered.response().body().release();
    }
  }
}
