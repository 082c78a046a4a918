package dev.banyan.proxy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where a service is: all the addresses that its URLs stand for now, and what is shared about
/// them.
///
/// A URL with a name begins as one address that whoever connects looks up. From the first look-up
/// on it is as many as the name has. A look-up that fails changes nothing. An address that stays
/// keeps its [Address], and so what is known of it.
///
/// Safe to use from any thread; no locks.
public final class ServiceAddresses {
  private static final Logger LOG = LoggerFactory.getLogger(ServiceAddresses.class);

  /// The most addresses of one service; what a name has beyond them is left out.
  static final int MOST = 256;

  /// Looks names up.
  public interface Names {
    /// All addresses of a name. May block.
    ///
    /// @throws UnknownHostException when it has none, or nobody could be asked
    InetAddress[] all(String host) throws UnknownHostException;
  }

  private final ServiceOptions options;
  private final Names names;
  private final boolean named;
  private final RetryBudget budget = new RetryBudget();
  private final LongAdder ejections = new LongAdder();
  private final LongAdder panics = new LongAdder();
  private final LongAdder retries = new LongAdder();

  private volatile List<Address> current;

  /// Whose turn it is to eject: the bound on how many are out is one of all of them together.
  private final AtomicBoolean ejecting = new AtomicBoolean();

  /// Whether names are being looked up. Who has it may touch what follows.
  private final AtomicBoolean lookingUp = new AtomicBoolean();

  private boolean asked;
  private long askedAt;
  private boolean unknown;

  public ServiceAddresses(ServiceOptions options, Names names) {
    this.options = options;
    this.names = names;
    this.named = options.urls().stream().anyMatch(url -> literal(url) == null);
    this.current =
        options.urls().stream().distinct().map(url -> new Address(url, begin(url), true)).toList();
  }

  private static InetSocketAddress begin(URI url) {
    InetAddress literal = literal(url);
    return literal == null
        ? InetSocketAddress.createUnresolved(url.getHost(), port(url))
        : new InetSocketAddress(literal, port(url));
  }

  private static int port(URI url) {
    if (url.getPort() >= 0) {
      return url.getPort();
    }
    return "https".equals(url.getScheme()) ? 443 : 80;
  }

  private static @Nullable InetAddress literal(URI url) {
    String host = url.getHost();
    return host.startsWith("[") || host.matches("[0-9.]+") ? InetAddress.ofLiteral(host) : null;
  }

  public ServiceOptions options() {
    return options;
  }

  /// The addresses now, at least one. The same list until they change.
  public List<Address> current() {
    return current;
  }

  public RetryBudget budget() {
    return budget;
  }

  // ---- what happens to requests

  /// An address failed a request. With [Address#FAILURES] in a row it is ejected for a while,
  /// unless half of them are out already: a fault of the network must not leave none.
  public void failed(Address address, long nanos) {
    if (address.failed() && ejecting.compareAndSet(false, true)) {
      try {
        eject(address, nanos);
      } finally {
        ejecting.set(false);
      }
    } // else another thread ejects at this moment; the next failure asks again
  }

  /// An address was to be tried, and no connection to it could be made: it is not asked again for a
  /// while, each time for longer.
  public void triedInVain(Address address, long nanos) {
    if (ejecting.compareAndSet(false, true)) { // otherwise it is tried again a little later
      try {
        if (address.isOut(nanos) && !address.isEjected(nanos)) {
          address.eject(nanos);
        }
      } finally {
        ejecting.set(false);
      }
    }
  }

  private void eject(Address address, long nanos) {
    List<Address> all = current;
    int out = 0;
    for (Address each : all) {
      out += each.isOut(nanos) ? 1 : 0;
    }
    if (!address.isOut(nanos) && (out + 1) * 2 <= all.size()) {
      address.eject(nanos);
      ejections.increment();
    }
  }

  /// A request was given an address although none is serving.
  public void panicked() {
    panics.increment();
  }

  /// A request is sent once more.
  public void retried() {
    retries.increment();
  }

  public long ejections() {
    return ejections.sum();
  }

  public long panics() {
    return panics.sum();
  }

  public long retries() {
    return retries.sum();
  }

  // ---- looking names up

  /// Has its names looked up when that is due, without waiting for it.
  ///
  /// @param blocking runs the look-up, which may block
  public void lookUpWhenDue(long nanos, Executor blocking) {
    if (!named || !lookingUp.compareAndSet(false, true)) {
      return;
    }
    if (asked && nanos - askedAt < options.dnsRefresh().toNanos()) {
      lookingUp.set(false);
      return;
    }
    asked = true;
    askedAt = nanos;
    try {
      blocking.execute(() -> {
        try {
          lookUp();
        } finally {
          lookingUp.set(false);
        }
      });
    } catch (RejectedExecutionException e) {
      lookingUp.set(false);
      LOG.debug("the names of {} are not looked up: the program is stopping", options.name(), e);
    }
  }

  private void lookUp() {
    List<Address> next = new ArrayList<>();
    List<String> failures = new ArrayList<>();
    for (URI url : options.urls()) {
      InetAddress literal = literal(url);
      if (literal != null) {
        add(next, url, literal, true);
        continue;
      }
      try {
        InetAddress[] found = names.all(url.getHost());
        for (InetAddress each : found) {
          add(next, url, each, found.length == 1);
        }
      } catch (UnknownHostException e) {
        failures.add(e.toString());
        current.stream().filter(known -> known.url().equals(url)).forEach(next::add);
      }
    }
    tell(failures);
    List<Address> before = current;
    if (!next.isEmpty() && !(next.size() == before.size() && before.containsAll(next))) {
      current = List.copyOf(next);
      LOG.info("{} is at {}", options.name(), next);
    }
  }

  private void add(List<Address> next, URI url, InetAddress found, boolean alone) {
    InetSocketAddress socket = new InetSocketAddress(found, port(url));
    if (next.size() < MOST && next.stream().noneMatch(each -> each.isAt(url, socket))) {
      next.add(
          current.stream()
              .filter(known -> known.isAt(url, socket))
              .findFirst()
              .orElseGet(() -> new Address(url, socket, alone)));
    }
  }

  /// Says once that names are unknown, and once that they are known again.
  private void tell(List<String> failures) {
    if (!failures.isEmpty() && !unknown) {
      LOG.warn(
          "not all names of {} could be looked up; the addresses known last stay: {}",
          options.name(),
          failures);
    } else if (failures.isEmpty() && unknown) {
      LOG.info("the names of {} can be looked up again", options.name());
    }
    unknown = !failures.isEmpty();
  }
}
