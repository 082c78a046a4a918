package dev.banyan.proxy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

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
    /// No connection to it could be made yet, since its name was looked up or since it was ejected.
    UNTRIED,
    /// It does not answer its health path well.
    UNHEALTHY;

    private final String word = name().toLowerCase(Locale.ROOT);

    /// Whether an operator wants to know of an address that it begins like this.
    public boolean isTrouble() {
      return this == EJECTED || this == UNHEALTHY;
    }

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

  /// Whether it can be given requests without a connection to it being made first: requests are not
  /// what finds out that nobody listens.
  private volatile boolean tried;

  /// Whether it is one for certain: declared as it is, or a connection was made to it once. A name
  /// may have addresses where nobody ever listens, as `localhost` often has.
  private volatile boolean certain;

  /// When somebody began to make a connection to find out; 0 for never.
  private final AtomicLong trial = new AtomicLong();

  private volatile boolean ejected;
  private volatile long ejectedUntil;

  /// Of use only to [ServiceAddresses], which lets one thread at a time eject.
  private volatile int timesEjected;

  /// @param url as declared: its host is the name that TLS and `Host` go by
  /// @param socket where it is; unresolved while its name has not been looked up
  /// @param certain whether it stands for itself, and not for one of several that a name has
  Address(URI url, InetSocketAddress socket, boolean certain) {
    this.url = url;
    this.socket = socket;
    this.certain = certain;
    this.tried = certain;
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
    if (unwell) {
      return State.UNHEALTHY;
    }
    return tried ? State.SERVING : State.UNTRIED;
  }

  /// Whether it is to be given requests.
  public boolean isServing(long nanos) {
    return tried && !unwell && !isEjected(nanos);
  }

  /// Whether the caller is to make a connection to it that no request waits for, because it is time
  /// to see whether that can be done. One caller at a time is told so.
  public boolean isToBeTried(long nanos) {
    if (tried || unwell || isEjected(nanos)) {
      return false;
    }
    long last = trial.get();
    long mark = nanos == 0 ? 1 : nanos;
    return (last == 0 || mark - last >= FIRST.toNanos()) && trial.compareAndSet(last, mark);
  }

  /// A connection to it was made.
  public void reached() {
    if (!tried) {
      certain = true;
      tried = true;
    }
  }

  /// Whether somebody is there, as far as can be known: not where a name's address was never
  /// reached.
  public boolean isCertain() {
    return certain;
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

  /// Whether it is out, or not in yet, for what was found out about it here.
  boolean isOut(long nanos) {
    return !tried || isEjected(nanos);
  }

  void eject(long nanos) {
    boolean longAgo = ejected && nanos - ejectedUntil > LONGEST.toNanos();
    timesEjected = longAgo ? 1 : timesEjected + 1;
    ejectedUntil = nanos + Math.min(timesEjected * FIRST.toNanos(), LONGEST.toNanos());
    ejected = true;
    tried = false;
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
