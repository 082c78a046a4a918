package dev.banyan.app;

import dev.banyan.exchange.Exchange;
import dev.banyan.exchange.Verdict;
import dev.banyan.parity.Comparison;
import dev.banyan.parity.ParityBook;
import dev.banyan.shadow.FollowUp;
import dev.banyan.shadow.Judge;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Compares exchanges and counts the verdicts. Any comparing thread may call.
final class Judging implements Judge {
  private static final Logger LOG = LoggerFactory.getLogger(Judging.class);

  private final Comparison comparison = Comparison.of();
  private final ParityBook book;

  Judging(ParityBook book) {
    this.book = book;
  }

  /// One that the comparison chokes on is counted too, and never as a match.
  @Override
  public @Nullable FollowUp judge(Exchange exchange, long period) {
    Verdict verdict;
    try {
      verdict = comparison.compare(exchange);
    } catch (RuntimeException e) {
      LOG.error("comparing {} of {} failed", exchange.endpoint(), exchange.family(), e);
      verdict = new Verdict.Skipped("comparison-failed");
    }
    book.record(exchange, period, verdict);
    return null;
  }
}
