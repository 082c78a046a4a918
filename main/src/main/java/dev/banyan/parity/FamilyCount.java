package dev.banyan.parity;

import dev.banyan.exchange.Exchange;
import dev.banyan.exchange.Verdict;
import dev.banyan.migration.Endpoint;
import dev.banyan.migration.ParityEvidence;
import dev.banyan.migration.ParityEvidence.EndpointParity;
import dev.banyan.migration.ParityEvidence.Sample;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/// Counts one family's verdicts within one period. Guarded by its own monitor.
final class FamilyCount {
  private final BookLimits limits;
  private final Redaction redaction;

  // Written under the monitor; event loops read it for each request and must not wait for a count.
  private final AtomicLong period = new AtomicLong();

  private String sides = "";
  private boolean changed;
  private Instant since;
  private long matched;
  private long mismatched;
  private long raced;
  private final Map<String, Long> skipped = new LinkedHashMap<>();
  private final Map<Endpoint, EndpointCount> endpoints = new LinkedHashMap<>();

  FamilyCount(BookLimits limits, Redaction redaction, Instant since) {
    this.limits = limits;
    this.redaction = redaction;
    this.since = since;
  }

  long period() {
    return period.get();
  }

  synchronized void restore(ParityStore.Kept found) {
    ParityEvidence kept = found.evidence();
    clear(kept.since());
    changed = false;
    sides = found.sides();
    matched = kept.matched();
    mismatched = kept.mismatched();
    raced = kept.raced();
    skipped.putAll(kept.skipped());
    for (EndpointParity endpoint : kept.endpoints()) {
      endpoints.put(endpoint.endpoint(), EndpointCount.restored(endpoint));
    }
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
    since = now;
    matched = 0;
    mismatched = 0;
    raced = 0;
    skipped.clear();
    endpoints.clear();
  }

  /// Counts one exchange as one unit, whoever sent it and however often.
  synchronized void record(Exchange exchange, long began, Verdict verdict) {
    if (began != period.get()) {
      return;
    }
    changed = true;
    switch (verdict) {
      case Verdict.Match _ -> {
        matched++;
        endpoint(exchange.endpoint()).matched();
      }
      case Verdict.Mismatch mismatch -> {
        mismatched++;
        endpoint(exchange.endpoint())
            .mismatched(
                mismatch.differences(),
                limits,
                difference ->
                    new Sample(
                        redaction.requestLine(exchange.request(), exchange.endpoint()),
                        redaction.value(difference.where(), difference.legacy()),
                        redaction.value(difference.where(), difference.candidate())));
      }
      case Verdict.Raced _ -> raced++;
      case Verdict.Skipped skip -> skip(skip.reason());
    }
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
        full ? ParityBook.OTHER_ENDPOINT : endpoint, _ -> new EndpointCount());
  }

  /// What is to be saved, if anything changed since it was last asked.
  synchronized Optional<ParityStore.Kept> takeChanged() {
    if (!changed) {
      return Optional.empty();
    }
    changed = false;
    return Optional.of(new ParityStore.Kept(sides, evidence()));
  }

  /// Undoes [#takeChanged] after a failure to save.
  synchronized void markChanged() {
    changed = true;
  }

  synchronized ParityEvidence evidence() {
    List<EndpointParity> worstFirst =
        endpoints.entrySet().stream()
            .map(endpoint -> endpoint.getValue().evidence(endpoint.getKey()))
            .sorted(
                Comparator.comparingLong(EndpointParity::mismatched)
                    .reversed()
                    .thenComparing(endpoint -> endpoint.endpoint().toString()))
            .toList();
    return new ParityEvidence(
        since, matched + mismatched, matched, mismatched, raced, skipped, worstFirst);
  }
}
