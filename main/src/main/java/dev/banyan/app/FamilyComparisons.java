package dev.banyan.app;

import dev.banyan.cutover.Comparisons;
import dev.banyan.migration.ParityEvidence;
import dev.banyan.parity.ParityBook;
import dev.banyan.parity.SharedEvidence;
import dev.banyan.routing.LiveTable;
import dev.banyan.shadow.Shadow;
import java.time.InstantSource;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What comparing has shown, by one process or by all that share a store.
///
/// @param shared the sum over all, or null for one process
/// @param shadow is told that what it knows of a side is over
record FamilyComparisons(
    ParityBook book,
    @Nullable SharedEvidence shared,
    LiveTable table,
    Supplier<Shadow> shadow,
    InstantSource clock)
    implements Comparisons {

  @Override
  public ParityEvidence evidence(String family) {
    return shared == null ? book.evidence(family) : shared.evidence(family);
  }

  @Override
  public long period(String family) {
    return shared == null ? 0 : shared.period(family); // one process notices by itself
  }

  @Override
  public void anew(String family) {
    if (shared == null) {
      book.reset(family, clock.instant());
    } else {
      shared.reset(family, clock.instant());
    }
    table
        .inForce()
        .family(family)
        .ifPresent(routes -> {
          shadow.get().replaced(routes.legacyService());
          shadow.get().replaced(routes.candidateService());
        });
  }
}
