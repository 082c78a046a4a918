package dev.banyan.app;

import dev.banyan.cutover.RowAgreement;

/// Whether both sides hold the same rows: of families whose writes go to both, the outbox says so;
/// of all others, the transfers.
///
/// @param dual says of families that it sends nothing of that no transfer names them
record BothAgreements(RowAgreement dual, RowAgreement transfers) implements RowAgreement {
  @Override
  public Reading of(String family) {
    return dual.of(family) instanceof Sent sent ? sent : transfers.of(family);
  }

  @Override
  public void forget(String family) {
    dual.forget(family);
    transfers.forget(family);
  }
}
