package dev.banyan.cutover;

import dev.banyan.migration.ParityEvidence;

/// What comparing the sides of families has shown, and the way to begin that anew. Any thread may
/// call.
public interface Comparisons {
  /// A family's comparisons so far. Must not wait.
  ParityEvidence evidence(String family);

  /// The number of the period that a family's comparisons belong to: another with each time that
  /// they begin anew, at whichever process of a store. Asked ahead of [#evidence], it says of what
  /// was read then whether that still counts. Must not wait.
  long period(String family);

  /// Begins a family's comparisons anew: exchanges that began before are not counted after. May
  /// wait for the store.
  ///
  /// @throws java.io.UncheckedIOException when the store fails; the counts are new all the same
  void anew(String family);
}
