package dev.banyan.app;

import dev.banyan.control.OutboxOrders;
import dev.banyan.control.Refusal;
import dev.banyan.cutover.Cutover;
import dev.banyan.cutover.CutoverResult;
import dev.banyan.cutover.LedgerEntry.Kind;
import dev.banyan.cutover.Order;
import dev.banyan.dual.Entry;
import dev.banyan.dual.Outbox;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What people do about entries of the outbox that the program does not get rid of. Entered in the
/// ledger first, then done.
///
/// @param idempotent whether both sides of a family are said to be
record DualOrders(Outbox outbox, Cutover cutover, Predicate<String> idempotent)
    implements OutboxOrders {

  @Override
  public List<Entry.Listed> outbox(@Nullable String family, long after, int limit) {
    return outbox.list(family, after, limit);
  }

  @Override
  public Settling retryEntry(long seq, String actor, String reason) {
    return settle(seq, true, actor, reason);
  }

  @Override
  public Settling discardEntry(long seq, String actor, String reason) {
    return settle(seq, false, actor, reason);
  }

  private Settling settle(long seq, boolean again, String actor, String reason) {
    return switch (outbox.settling(seq, again, idempotent)) {
      case Outbox.Settled.Unknown() ->
          refused(Refusal.Code.ENTRY_UNKNOWN, "there is no entry " + seq + " in the outbox");
      case Outbox.Settled.Refused(String why) ->
          refused(Refusal.Code.ENTRY_REFUSED, "entry " + seq + " " + why);
      case Outbox.Settled.Done(Entry.Listed entry) -> settle(entry, again, actor, reason);
    };
  }

  private Settling settle(Entry.Listed entry, boolean again, String actor, String reason) {
    Kind kind = again ? Kind.OUTBOX_RETRY : Kind.OUTBOX_DISCARD;
    Runnable act = () -> act(entry, again);
    Order order = Order.of(entry.family(), actor, reason);
    CutoverResult result = cutover.rule(order, kind, words(entry), act);
    return switch (result) {
      case CutoverResult.Done _ -> new Settling.Done(entry);
      case CutoverResult.Refused refused -> {
        CutoverResult.Code code = refused.code();
        yield refused(
            code == CutoverResult.Code.FAMILY_UNKNOWN
                ? Refusal.Code.FAMILY_UNKNOWN
                : Refusal.Code.STORE_UNAVAILABLE,
            refused.detail());
      }
    };
  }

  private void act(Entry.Listed entry, boolean again) {
    if (again) {
      outbox.retry(entry);
    } else {
      outbox.discard(entry);
    }
  }

  private static Settling refused(Refusal.Code code, String why) {
    return new Settling.Refused(Refusal.of(code, why));
  }

  /// An entry in a sentence.
  static String words(Entry.Listed entry) {
    return "entry " + entry.seq() + ", " + entry.method() + " " + entry.path();
  }
}
