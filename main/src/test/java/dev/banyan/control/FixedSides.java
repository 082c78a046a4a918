package dev.banyan.control;

import dev.banyan.migration.Side;
import dev.banyan.migration.Weight;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Families whose reads have a weight, and whose writes have none. Of a family that is split, units
/// that begin with `c` are on the candidate.
record FixedSides(Map<String, Weight> reads) implements Sides {
  @Override
  public List<String> families() {
    return reads.keySet().stream().sorted().toList();
  }

  @Override
  public Optional<Weight> weight(String family, boolean read) {
    return Optional.ofNullable(reads.get(family)).map(weight -> read ? weight : Weight.NONE);
  }

  @Override
  public Optional<Side> side(String family, String unit, boolean read) {
    return weight(family, read)
        .map(weight ->
            weight.equals(Weight.FULL) || (!weight.equals(Weight.NONE) && unit.startsWith("c"))
                ? Side.CANDIDATE
                : Side.LEGACY);
  }
}
