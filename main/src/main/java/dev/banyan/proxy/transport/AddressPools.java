package dev.banyan.proxy.transport;

import dev.banyan.proxy.Address;
import dev.banyan.proxy.GatewayLevels;
import dev.banyan.proxy.ServiceAddresses;
import dev.banyan.proxy.Versions;
import io.netty.handler.codec.http.HttpResponse;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One event loop's pools for one service, one for each of its addresses, and the choice among
/// them. Used by that loop alone.
///
/// Of two serving addresses picked at random, the one takes a request that has fewer of this loop's
/// under way (the power of two choices: Mitzenmacher, "The Power of Two Choices in Randomized Load
/// Balancing", IEEE TPDS 12(10), 2001). Where no address is serving, all of them are picked from:
/// an address that is likely to fail is better than none for certain.
final class AddressPools {
  private final ServiceAddresses service;
  private final VersionSight versions;
  private final Function<Address, UpstreamPool> making;
  private List<Address> known = List.of();
  private List<UpstreamPool> pools = List.of();

  /// Kept to be filled anew by each choice.
  private final List<UpstreamPool> serving = new ArrayList<>();

  private long random;

  /// @param seed of the choice, any number
  AddressPools(
      ServiceAddresses service,
      Versions versions,
      Function<Address, UpstreamPool> making,
      long seed) {
    this.service = service;
    this.versions = new VersionSight(service.options(), versions);
    this.making = making;
    this.random = seed | 1;
  }

  ServiceAddresses service() {
    return service;
  }

  /// The head of one of its answers has come.
  void answered(HttpResponse answer, long nanos) {
    versions.answered(answer.headers(), nanos);
  }

  /// How many addresses there are to choose from.
  int size() {
    return service.current().size();
  }

  /// The pool of the address that is to take a request.
  ///
  /// @param but addresses that have failed it already; they are chosen only when there is no other
  UpstreamPool choose(Collection<Address> but, long nanos) {
    follow();
    if (pools.size() == 1) {
      return pools.getFirst();
    }
    serving.clear();
    for (UpstreamPool each : pools) {
      Address address = each.address();
      if (address.isServing(nanos)) {
        if (!but.contains(address)) {
          serving.add(each);
        }
      } else if (address.isToBeTried(nanos)) {
        each.tryOut(now -> service.triedInVain(address, now));
      }
    }
    return serving.isEmpty() ? panic(but) : lessBusy(serving);
  }

  /// The pool of one address, or null when the address is no longer one of the service's.
  @Nullable UpstreamPool at(Address address) {
    follow();
    int at = known.indexOf(address);
    return at < 0 ? null : pools.get(at);
  }

  /// None is serving that has not failed the request already. Of the others, those come first where
  /// somebody is known to be; where that is known of none, the first of them, in the order of the
  /// look-up, which is the system's preference.
  private UpstreamPool panic(Collection<Address> but) {
    List<UpstreamPool> others =
        pools.stream().filter(pool -> !but.contains(pool.address())).toList();
    List<UpstreamPool> certain =
        others.stream().filter(pool -> pool.address().isCertain()).toList();
    if (but.isEmpty() && !certain.isEmpty()) {
      service.panicked(); // otherwise there are serving ones, or nothing is known of any yet
    }
    if (!certain.isEmpty()) {
      return lessBusy(certain);
    }
    return others.isEmpty() ? lessBusy(pools) : others.getFirst();
  }

  private UpstreamPool lessBusy(List<UpstreamPool> from) {
    int count = from.size();
    if (count == 1) {
      return from.getFirst();
    }
    int one = below(count);
    int other = (one + 1 + below(count - 1)) % count;
    UpstreamPool first = from.get(one);
    UpstreamPool second = from.get(other);
    return second.busy() < first.busy() ? second : first;
  }

  /// A number below a bound, good enough to spread requests (xorshift: Marsaglia, "Xorshift RNGs",
  /// JSS 8(14), 2003).
  private int below(int bound) {
    random ^= random << 13;
    random ^= random >>> 7;
    random ^= random << 17;
    return (int) ((random >>> 33) % bound);
  }

  /// Takes up new addresses, and lets those go that are no longer there.
  @SuppressWarnings("ReferenceEquality") // another list is the sign that something changed
  private void follow() {
    List<Address> now = service.current();
    if (now == known) {
      return;
    }
    List<UpstreamPool> next = new ArrayList<>(now.size());
    for (Address each : now) {
      int at = known.indexOf(each);
      next.add(at < 0 ? making.apply(each) : pools.get(at));
    }
    for (UpstreamPool pool : pools) {
      if (!next.contains(pool)) {
        pool.retire();
      }
    }
    known = now;
    pools = List.copyOf(next);
  }

  GatewayLevels.Pool levels() {
    GatewayLevels.Pool sum = new GatewayLevels.Pool(0, 0, 0);
    for (UpstreamPool pool : pools) {
      sum = sum.plus(pool.levels());
    }
    return sum;
  }

  void retire() {
    pools.forEach(UpstreamPool::retire);
  }
}
