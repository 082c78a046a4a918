package dev.banyan.cutover;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What came of making all automatic decisions again.
///
/// @param entries how many entries were looked at
/// @param replayed how many of them have evidence, and were decided again
/// @param without how many the program decided by itself and has no evidence of: those of before it
///   was kept
/// @param disagreed how many of the replayed did not come out the same
/// @param first the first of those, or null
public record Replay(
    long entries, long replayed, long without, long disagreed, @Nullable Disagreement first) {
  private static final int PAGE = 200;

  /// One decision that did not come out the same.
  ///
  /// @param detail where, with both numbers
  public record Disagreement(long seq, String detail) {}

  static Replay of(MigrationStore store, Replayer replayer, long from) {
    long seq = Math.max(0, from - 1);
    long upTo = store.head().map(LedgerEntry::seq).orElse(0L);
    Replay sum = new Replay(0, 0, 0, 0, null);
    while (seq < upTo) {
      List<LedgerEntry> page = store.page(seq, (int) Math.min(PAGE, upTo - seq));
      if (page.isEmpty()) {
        break;
      }
      for (LedgerEntry entry : page) {
        sum = sum.with(entry, replayer);
      }
      seq = page.getLast().seq();
    }
    return sum;
  }

  private Replay with(LedgerEntry entry, Replayer replayer) {
    if (entry.evidence() == null || !decidedOnEvidence(entry.kind())) {
      boolean missing = entry.actor().equals(Cutover.ITSELF) && decidedOnEvidence(entry.kind());
      return new Replay(entries + 1, replayed, without + (missing ? 1 : 0), disagreed, first);
    }
    String detail = disagreement(entry, replayer).orElse(null);
    return new Replay(
        entries + 1,
        replayed + 1,
        without,
        disagreed + (detail == null ? 0 : 1),
        first == null && detail != null ? new Disagreement(entry.seq(), detail) : first);
  }

  private static Optional<String> disagreement(LedgerEntry entry, Replayer replayer) {
    try {
      return replayer.disagreement(entry);
    } catch (RuntimeException e) {
      return Optional.of("its evidence can not be evaluated: " + e.getMessage());
    }
  }

  /// What its evidence says of the rest is about the chain, and checked with it.
  private static boolean decidedOnEvidence(LedgerEntry.Kind kind) {
    return switch (kind) {
      case PROMOTE, ROLLBACK, REFUSED, ALARM, DENY -> true;
      case ALLOW, HOLD, RESUME, CONFIG, START, APPROVE, PRUNE, STORE_BACK -> false;
      case STOP_LINE, RELEASE_LINE, DEPLOY, TOKEN_CREATE, TOKEN_REVOKE -> false;
      case PARITY_RESET, PARITY_ACCEPT, PARITY_CRITICAL, PARITY_UNACCEPT -> false;
      case OUTBOX_PARK, OUTBOX_RETRY, OUTBOX_DISCARD -> false;
    };
  }
}
