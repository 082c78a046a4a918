package dev.banyan.proxy.transport;

import dev.banyan.proxy.Address;
import dev.banyan.proxy.Limit;
import dev.banyan.proxy.ProxyFailure;
import dev.banyan.proxy.ProxyFailure.Kind;
import dev.banyan.proxy.ProxyFailure.Progress;
import java.util.ArrayList;
import java.util.List;

/// Where one side has failed one request so far, and whether the request may go to that side once
/// more. It is made at the first failure. It belongs to one event loop.
///
/// What no backend can have begun to work on may be sent again whatever it is. What a backend may
/// have worked on is sent again once at most, and only if it is safe. Nothing else is.
final class Attempts {
  /// The most addresses that one side is tried at for one request.
  static final int ADDRESSES = 3;

  private final List<Address> failedAt = new ArrayList<>(ADDRESSES);
  private boolean resent;

  /// What is known of the request when it has failed.
  ///
  /// @param safe whether its method, or its route, says that it changes nothing
  /// @param whole whether all of its body that has come is still here
  /// @param hinted whether the client has been told anything yet
  record Standing(boolean safe, boolean whole, boolean hinted) {}

  /// Notes a failure.
  ///
  /// @param addresses how many the service has
  /// @return whether another attempt is allowed, budget permitting
  boolean allow(ProxyFailure why, Standing request, Address at, int addresses) {
    if (!failedAt.contains(at)) {
      failedAt.add(at);
    }
    boolean elsewhere = failedAt.size() < Math.min(ADDRESSES, addresses);
    if (!request.whole() || request.hinted()) {
      return false;
    }
    if (why.kind() == Kind.CONNECT) {
      return elsewhere; // the same address would most likely refuse again
    }
    if (why.kind() != Kind.RESET || resent) {
      return false; // a backend that is silent or full is not helped by more of the same
    }
    boolean kept = why.progress() == Progress.UNSENT || why.progress() == Progress.STALE;
    resent = (request.safe() || why.progress() == Progress.UNSENT) && (kept || elsewhere);
    return resent;
  }

  /// Whether a failure before an answer had begun is a sign that its address is in trouble.
  static boolean speaksAgainst(ProxyFailure why) {
    return why.kind() == Kind.CONNECT
        // A kept connection that has ended is nothing unusual.
        || (why.kind() == Kind.RESET && why.progress() == Progress.UNANSWERED)
        // That an exchange may not last longer says nothing of who took so long.
        || (why.kind() == Kind.TIMEOUT && why.limit() != Limit.LONGEST);
  }

  List<Address> failedAt() {
    return failedAt;
  }
}
