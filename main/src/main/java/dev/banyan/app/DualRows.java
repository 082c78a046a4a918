package dev.banyan.app;

import dev.banyan.cutover.Cutover;
import dev.banyan.migration.FamilyState;
import dev.banyan.migration.Phase;
import dev.banyan.transfer.moving.SentWrites;
import dev.banyan.transfer.options.TransferOptions;
import java.util.List;
import java.util.Optional;

/// What the outbox and the phases say to those who compare the rows of families whose writes go to
/// both sides.
record DualRows(DualSend dual) implements SentWrites {
  @Override
  public Optional<Boolean> targetOwns(TransferOptions transfer) {
    Cutover known = dual.cutover();
    if (known == null) {
      return Optional.empty();
    }
    List<Boolean> owners =
        transfer.families().stream()
            .flatMap(family -> known.state(family).stream())
            .map(FamilyState::phase)
            .map(phase -> !phase.name().before(Phase.Name.WRITES))
            .distinct()
            .toList();
    return owners.size() == 1 ? Optional.of(owners.getFirst()) : Optional.empty();
  }

  @Override
  public boolean isWanted(TransferOptions transfer) {
    return transfer.families().stream()
        .flatMap(family -> dual.counts(family).stream())
        .anyMatch(counts -> counts.whole());
  }

  @Override
  public Agreed before(TransferOptions transfer) {
    long cut = dual.dirtyKeys().cut();
    return () -> transfer.families().forEach(family -> dual.dirtyKeys().agreed(family, cut));
  }
}
