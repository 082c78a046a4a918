package dev.banyan.app;

import dev.banyan.cutover.RowAgreement;

/// Whether both sides hold the same rows: of families whose writes go to both, the outbox says what
/// is open and a transfer what its comparisons came to; of all others, the transfers alone.
///
/// @param dual says of families that it sends nothing of that no transfer names them
record BothAgreements(RowAgreement dual, RowAgreement transfers) implements RowAgreement {
  @Override
  public Reading of(String family) {
    Reading moved = transfers.of(family);
    return dual.of(family) instanceof Sent sent
        ? new Sent(sent.counts(), moved instanceof Moving compared ? compared : null)
        : moved;
  }

  @Override
  public void forget(String family) {
    dual.forget(family);
    transfers.forget(family);
  }
}
