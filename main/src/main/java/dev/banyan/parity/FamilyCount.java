package dev.banyan.parity;

import dev.banyan.exchange.Difference;
import dev.banyan.exchange.Difference.Kind;
import dev.banyan.exchange.Exchange;
import dev.banyan.exchange.Leg;
import dev.banyan.exchange.Verdict;
import dev.banyan.migration.Endpoint;
import dev.banyan.migration.ParityEvidence;
import dev.banyan.migration.ParityEvidence.EndpointParity;
import dev.banyan.migration.ParityEvidence.EndpointUnits;
import dev.banyan.migration.ParityEvidence.Sample;
import dev.banyan.migration.Side;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Counts one family's verdicts within one period. Guarded by its own monitor.
final class FamilyCount {
  /// Further matches alone wait to be saved until there are so many more, by hundred...
  private static final int WORTH_PERCENT = 5;

  /// ... or until they have waited so many times.
  private static final int MOST_WAITS = 9;

  private final String family;
  private final BookLimits limits;
  private final BookPorts ports;

  // Written under the monitor; event loops read it for each request and must not wait for a count.
  private final AtomicLong period = new AtomicLong();

  private String sides = "";
  private boolean changed;

  /// Whether what changed is more than that further answers matched.
  private boolean news;

  private long matchedWhenSaved;
  private int waits;
  private Instant since;
  private long matched;
  private long mismatched;
  private long accepted;
  private long raced;
  private final Map<String, Long> skipped = new LinkedHashMap<>();
  private final Map<Endpoint, EndpointCount> endpoints = new LinkedHashMap<>();

  /// What a former process dropped in this period.
  private final Map<String, Long> droppedBefore = new HashMap<>();

  /// What this process had dropped when it began or took up the period.
  private Map<String, Long> droppedAtFirst;

  FamilyCount(String family, BookLimits limits, BookPorts ports, Instant since) {
    this.family = family;
    this.limits = limits;
    this.ports = ports;
    this.since = since;
    this.droppedAtFirst = ports.drops().of(family);
  }

  long period() {
    return period.get();
  }

  synchronized String sides() {
    return sides;
  }

  synchronized void restore(ParityStore.Kept found) {
    ParityEvidence kept = found.evidence();
    clear(kept.since());
    sides = found.sides();
    matched = kept.matched();
    saved();
    mismatched = kept.mismatched();
    accepted = kept.accepted();
    raced = kept.raced();
    skipped.putAll(kept.skipped());
    droppedBefore.putAll(kept.dropped());
    for (EndpointParity endpoint : kept.endpoints()) {
      endpoint(endpoint.endpoint()).restore(endpoint);
    }
    found.units().forEach((endpoint, units) -> endpoint(endpoint).restore(units));
  }

  synchronized void reset(Instant now) {
    clear(now);
  }

  /// Says whose answers are compared from now on, and begins anew if others were before.
  ///
  /// @return whether something was counted of the others
  synchronized boolean compares(String next, Instant now) {
    if (next.equals(sides)) {
      return false;
    }
    sides = next;
    boolean counted = matched + mismatched + raced > 0;
    clear(now);
    return counted;
  }

  private void clear(Instant now) {
    period.incrementAndGet();
    changed = true;
    news = true;
    since = now;
    matched = 0;
    mismatched = 0;
    accepted = 0;
    raced = 0;
    skipped.clear();
    endpoints.clear();
    droppedBefore.clear();
    droppedAtFirst = ports.drops().of(family);
  }

  /// @param unit the request's hash, or [Units#ALONE]
  synchronized void record(Exchange exchange, long unit, long began, Verdict verdict) {
    if (began != period.get()) {
      return;
    }
    changed = true;
    switch (verdict) {
      case Verdict.Match _ -> {
        matched++;
        endpoint(exchange.endpoint()).matched(status(exchange), unit);
      }
      case Verdict.Mismatch mismatch -> {
        if (differed(exchange, unit, mismatch)) {
          matched++;
          accepted++;
        } else {
          mismatched++;
          news = true;
        }
      }
      case Verdict.Raced _ -> raced++;
      case Verdict.Skipped skip -> skip(skip.reason());
    }
  }

  private boolean differed(Exchange exchange, long unit, Verdict.Mismatch mismatch) {
    Redacted redacted = new Redacted(exchange);
    return endpoint(exchange.endpoint())
        .differed(
            status(exchange),
            unit,
            mismatch.differences(),
            ruled(exchange.endpoint()),
            ports.draw(),
            redacted::sample);
  }

  /// The samples of one exchange; its request line is redacted once.
  private final class Redacted {
    private final Exchange exchange;
    private @Nullable String request;

    Redacted(Exchange exchange) {
      this.exchange = exchange;
    }

    Sample sample(Difference difference) {
      String line = request;
      if (line == null) {
        line = ports.redaction().requestLine(exchange.request(), exchange.endpoint());
        request = line;
      }
      return new Sample(
          line,
          ports.redaction().value(difference.where(), difference.legacy()),
          ports.redaction().value(difference.where(), difference.candidate()));
    }
  }

  private static int status(Exchange exchange) {
    return exchange.leg(Side.LEGACY) instanceof Leg.Answered answered
        ? answered.response().status()
        : 0;
  }

  private EndpointCount.Ruled ruled(Endpoint endpoint) {
    return new EndpointCount.Ruled() {
      @Override
      public @Nullable String accepted(String where, Kind kind) {
        return ports.rulings().accepted(family, endpoint, where, kind);
      }

      @Override
      public boolean critical(String where, Kind kind) {
        return ports.rulings().critical(family, endpoint, where, kind);
      }

      @Override
      public @Nullable Double noise(int status, String where, Kind kind) {
        return ports.noise().at(family, endpoint, status, where, kind);
      }
    };
  }

  synchronized void skipped(String reason, long count, long began) {
    if (began == period.get()) {
      changed = true;
      skip(reason, count);
    }
  }

  private void skip(String reason) {
    skip(reason, 1);
  }

  private void skip(String reason, long count) {
    boolean full = skipped.size() >= limits.reasons() && !skipped.containsKey(reason);
    skipped.merge(full ? ParityBook.OTHER : reason, count, Long::sum);
  }

  private EndpointCount endpoint(Endpoint endpoint) {
    boolean full = endpoints.size() >= limits.endpoints() && !endpoints.containsKey(endpoint);
    return endpoints.computeIfAbsent(
        full ? ParityBook.OTHER_ENDPOINT : endpoint, _ -> new EndpointCount(limits));
  }

  /// What is to be saved, if anything changed since it was last taken.
  synchronized Optional<ParityStore.Kept> takeChanged() {
    if (!changed) {
      return Optional.empty();
    }
    saved();
    return Optional.of(kept());
  }

  /// The same, but for a few matches more, which prove little more and are as much to write.
  synchronized Optional<ParityStore.Kept> takeDue() {
    long more = (matched - matchedWhenSaved) * 100;
    boolean due = news || more >= matched * WORTH_PERCENT || waits >= MOST_WAITS;
    if (changed && !due) {
      waits++;
      return Optional.empty();
    }
    return takeChanged();
  }

  private void saved() {
    changed = false;
    news = false;
    matchedWhenSaved = matched;
    waits = 0;
  }

  /// All that is counted. The units may grow until they are read.
  synchronized ParityStore.Kept kept() {
    Map<Endpoint, Units> units = new LinkedHashMap<>();
    endpoints.forEach((endpoint, count) -> units.put(endpoint, count.units()));
    return new ParityStore.Kept(sides, evidence(), units);
  }

  /// Undoes [#takeChanged] after a failure to save.
  synchronized void markChanged() {
    changed = true;
    news = true;
  }

  synchronized ParityEvidence evidence() {
    List<EndpointParity> worstFirst =
        endpoints.entrySet().stream()
            .flatMap(endpoint ->
                endpoint.getValue().evidence(endpoint.getKey(), ruled(endpoint.getKey())).stream())
            .sorted(
                Comparator.comparingLong(EndpointParity::mismatched)
                    .reversed()
                    .thenComparing(endpoint -> endpoint.endpoint().toString())
                    .thenComparingInt(EndpointParity::status))
            .toList();
    return new ParityEvidence(
        since,
        matched + mismatched,
        matched,
        mismatched,
        accepted,
        raced,
        skipped,
        dropped(),
        worstFirst,
        units());
  }

  private List<EndpointUnits> units() {
    return endpoints.entrySet().stream()
        .map(each -> each.getValue().units().of(each.getKey()))
        .toList();
  }

  private Map<String, Long> dropped() {
    Map<String, Long> all = new HashMap<>(droppedBefore);
    ports
        .drops()
        .of(family)
        .forEach((reason, count) -> {
          long here = count - droppedAtFirst.getOrDefault(reason, 0L);
          if (here > 0) {
            all.merge(reason, here, Long::sum);
          }
        });
    return all;
  }
}
