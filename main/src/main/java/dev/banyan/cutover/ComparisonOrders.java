package dev.banyan.cutover;

import dev.banyan.cutover.CutoverResult.Done;
import dev.banyan.cutover.CutoverResult.Refused;
import dev.banyan.cutover.LedgerEntry.Kind;
import dev.banyan.migration.FamilyState;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
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
    FamilyState state = found.family().state();
    Refused refused = Refusals.badOrder(order, state);
    if (refused != null) {
      return refused;
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

  /// Has the evidence of the families concerned begin anew, with a new epoch.
  ///
  /// @return what the store did not take, a sentence a family
  List<String> deployed(String actor, String told, Predicate<String> concerns) {
    List<String> failures = new ArrayList<>();
    boolean any = false;
    for (FamilyState state : families.states()) {
      if (concerns.test(state.family())) {
        any = true;
        Order order = Order.of(state.family(), actor, told);
        CutoverResult result =
            families
                .find(state.family())
                .map(found -> deployed(found, order))
                .orElseGet(() -> Refusals.unknown(order));
        if (result instanceof CutoverResult.Refused refused) {
          failures.add(state.family() + ": " + refused.detail());
        }
      }
    }
    if (!any) {
      var _ = moves.note(Kind.DEPLOY, null, actor, told, List.of());
    }
    return List.copyOf(failures);
  }

  private CutoverResult deployed(Families.Configured found, Order order) {
    String refusal = families.compareAnew(order.family());
    if (refusal != null) {
      log.warn("what was compared of {} before a deploy is still stored: {}", order, refusal);
    }
    return moves.mark(
        found.family(),
        order,
        Kind.DEPLOY,
        seen ->
            new Standing(
                found.family().moved(seen.state(), seen.state().phase(), moves.now()),
                seen.baseline(),
                null));
  }
}
