package dev.banyan.cutover;

import dev.banyan.cutover.CutoverResult.Done;
import dev.banyan.cutover.CutoverResult.Refused;
import dev.banyan.cutover.LedgerEntry.Kind;
import dev.banyan.migration.FamilyState;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The orders that concern what is compared and move no family. Part of [Cutover].
final class ComparisonOrders {
  private static final Logger log = LoggerFactory.getLogger(ComparisonOrders.class);

  private final Families families;
  private final Moves moves;

  ComparisonOrders(Families families, Moves moves) {
    this.families = families;
    this.moves = moves;
  }

  /// Throws the family's comparisons away, then enters that.
  CutoverResult reset(Order order) {
    Families.Configured found = families.find(order.family()).orElse(null);
    if (found == null) {
      return Refusals.unknown(order);
    }
    Family family = found.family();
    FamilyState state = family.state();
    Refused refused = Refusals.badOrder(order, state);
    if (refused != null) {
      return refused;
    }
    moves.lock().lock();
    try {
      if (family.pending()) {
        return Refusals.changed(order);
      }
      family.comparedAnew();
    } finally {
      moves.lock().unlock();
    }
    String refusal = families.compareAnew(order.family());
    if (refusal == null) {
      refusal = enter(Kind.PARITY_RESET, order, order.reason());
    }
    return refusal == null ? done(state) : Refusals.notRecorded(refusal);
  }

  /// Enters a ruling, then keeps it: one that is in force is always in the ledger, while one in the
  /// ledger may have failed to be kept, which whoever asked was told.
  CutoverResult rule(Order order, Kind kind, String detail, Runnable keep) {
    Families.Configured found = families.find(order.family()).orElse(null);
    if (found == null) {
      return Refusals.unknown(order);
    }
    FamilyState state = found.family().state();
    Refused refused = Refusals.badOrder(order, state);
    if (refused != null) {
      return refused;
    }
    String refusal = enter(kind, order, order.reason() + " (" + detail + ")");
    if (refusal != null) {
      return Refusals.notRecorded(refusal);
    }
    try {
      keep.run();
    } catch (UncheckedIOException e) {
      log.error("a ruling for {} is in the ledger and could not be kept", order.family(), e);
      return Refusals.notRecorded(String.valueOf(e.getMessage()));
    }
    return done(state);
  }

  private @Nullable String enter(Kind kind, Order order, String reason) {
    return moves.note(kind, order.family(), order.actor(), reason, List.of()).result().failure();
  }

  private static Done done(FamilyState state) {
    return new Done(state, state, Duration.ZERO, true);
  }
}
