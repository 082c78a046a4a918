package dev.banyan.control;

import dev.banyan.migration.Side;
import dev.banyan.migration.Weight;
import java.util.List;
import java.util.Optional;

/// What the gateway decides at this moment, for those who ask without sending a request. Never
/// waits; any thread may ask.
public interface Sides {

  /// The families that there are, by name.
  List<String> families();

  /// The candidate's share of a family's reads, or of its writes; empty where there is no such
  /// family.
  Optional<Weight> weight(String family, boolean read);

  /// The side that a sticky unit's request goes to; empty where there is no such family.
  ///
  /// @param unit what the family's `sticky` names, as it stands in a request
  Optional<Side> side(String family, String unit, boolean read);
}
