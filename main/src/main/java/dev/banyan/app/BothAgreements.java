package dev.banyan.app;

import dev.banyan.cutover.RowAgreement;
import java.util.function.ToLongFunction;

/// Whether both sides hold the same rows: of families whose writes go to both, the outbox says what
/// is open and a transfer what its comparisons came to; of all others, the transfers alone.
///
/// @param dual says of families that it sends nothing of that no transfer names them
/// @param indeterminate how many writes of a family nobody knows the fate of
record BothAgreements(
    RowAgreement dual, RowAgreement transfers, ToLongFunction<String> indeterminate)
    implements RowAgreement {
  @Override
  public Reading of(String family) {
    Reading moved = transfers.of(family);
    if (dual.of(family) instanceof Sent sent) {
      return new Sent(sent.counts(), moved instanceof Moving compared ? compared : null);
    }
    long open = indeterminate.applyAsLong(family);
    return open > 0 && moved instanceof Moving moving ? moving.with(unsettled(open)) : moved;
  }

  private static String unsettled(long open) {
    return open
        + " writes were not answered as their owner changed, and nobody has settled them; see"
        + " 'banyan outbox list'";
  }

  @Override
  public void forget(String family) {
    dual.forget(family);
    transfers.forget(family);
  }
}
