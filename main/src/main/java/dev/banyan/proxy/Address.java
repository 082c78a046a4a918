package dev.banyan.proxy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/// One place where a service listens, and how it has been doing there: the same object for all
/// event loops, so that what one of them finds out all of them know.
///
/// Safe to use from any thread; no locks.
public final class Address {
  /// Failures in a row that eject an address.
  static final int FAILURES = 5;

  /// How long it stays out the first time; each further time as long again, up to [#LONGEST]. After
  /// as long as that without trouble it starts over.
  static final Duration FIRST = Duration.ofSeconds(5);

  static final Duration LONGEST = Duration.ofMinutes(5);

  /// Checks of its health in a row that change whether it counts as well.
  private static final int CHECKS = 2;

  /// Whether an address is given requests.
  public enum State {
    SERVING,
    /// It failed too many requests in a row, and waits to be tried again.
    EJECTED,
    /// It does not answer its health path well.
    UNHEALTHY;

    private final String word = name().toLowerCase(Locale.ROOT);

    /// The word used in metrics.
    public String word() {
      return word;
    }
  }

  private final URI url;
  private final InetSocketAddress socket;
  private final AtomicInteger failedInRow = new AtomicInteger();

  /// Checks in a row: below zero those that went badly, above zero those that went well.
  private final AtomicInteger checks = new AtomicInteger();

  private volatile boolean unwell;
  private volatile boolean ejected;
  private volatile long ejectedUntil;

  /// Of use only to [ServiceAddresses], which lets one thread at a time eject.
  private volatile int timesEjected;

  /// @param url as declared: its host is the name that TLS and `Host` go by
  /// @param socket where it is; unresolved while its name has not been looked up
  Address(URI url, InetSocketAddress socket) {
    this.url = url;
    this.socket = socket;
  }

  public URI url() {
    return url;
  }

  public InetSocketAddress socket() {
    return socket;
  }

  boolean isAt(URI otherUrl, InetSocketAddress other) {
    return url.equals(otherUrl) && socket.equals(other);
  }

  public State state(long nanos) {
    if (isEjected(nanos)) {
      return State.EJECTED;
    }
    return unwell ? State.UNHEALTHY : State.SERVING;
  }

  /// Whether it is to be given requests.
  public boolean isServing(long nanos) {
    return !unwell && !isEjected(nanos);
  }

  /// It answered a request, whatever the status: 5xx is the application's word, not the address's.
  public void answered() {
    if (failedInRow.get() != 0) { // read far more often than written
      failedInRow.set(0);
    }
  }

  /// It failed a request: no connection, a reset before the answer, or silence.
  ///
  /// @return whether it has failed too often
  boolean failed() {
    return failedInRow.incrementAndGet() >= FAILURES;
  }

  /// Its health path was asked.
  public void checked(boolean well) {
    int row =
        checks.updateAndGet(before ->
            well
                ? Math.min(CHECKS, Math.max(before, 0) + 1)
                : Math.max(-CHECKS, Math.min(before, 0) - 1));
    if (row == CHECKS) {
      unwell = false;
    } else if (row == -CHECKS) {
      unwell = true;
    }
  }

  boolean isEjected(long nanos) {
    return ejected && nanos - ejectedUntil < 0;
  }

  void eject(long nanos) {
    boolean longAgo = ejected && nanos - ejectedUntil > LONGEST.toNanos();
    timesEjected = longAgo ? 1 : timesEjected + 1;
    ejectedUntil = nanos + Math.min(timesEjected * FIRST.toNanos(), LONGEST.toNanos());
    ejected = true;
    // Once it is back, one more failure is enough: it has shown nothing yet.
    failedInRow.set(FAILURES - 1);
  }

  /// As operators know it: the URL, and where its name was found.
  @Override
  public String toString() {
    InetAddress found = socket.getAddress();
    if (found == null || url.getHost().equals(found.getHostAddress())) {
      return url.toString();
    }
    return url + " (" + found.getHostAddress() + ")";
  }
}
