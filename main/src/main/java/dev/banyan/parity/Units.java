package dev.banyan.parity;

import dev.banyan.migration.Endpoint;
import dev.banyan.migration.ParityEvidence.EndpointUnits;
import java.util.List;

/// The different requests of one endpoint that were compared, and those that ever differed: the
/// units of a proof. A thousand polls of one client for one thing are one of them.
///
/// @param alone those that nothing is known by, because they name no caller: each is a unit
/// @param aloneDiffered how many of these differed
/// @param seen those that are known by caller and content
/// @param differed those of `seen` that differed at least once
public record Units(long alone, long aloneDiffered, UnitBits seen, UnitBits differed) {

  /// Stands for a request that is a unit of its own.
  public static final long ALONE = 0;

  /// Of which only the numbers are known.
  static Units alone(EndpointUnits counted) {
    return new Units(counted.compared(), counted.mismatched(), new UnitBits(), new UnitBits());
  }

  /// With one more that is known by nothing.
  Units and(boolean differs) {
    return new Units(alone + 1, aloneDiffered + (differs ? 1 : 0), seen, differed);
  }

  /// Both together; a unit that both have met is one.
  public Units with(Units other) {
    return new Units(
        alone + other.alone,
        aloneDiffered + other.aloneDiffered,
        seen.with(other.seen),
        differed.with(other.differed));
  }

  /// Several together, in numbers: what [#with] would make of them, and none of it made.
  static EndpointUnits of(Endpoint endpoint, List<Units> all) {
    long compared = 0;
    long mismatched = 0;
    for (Units each : all) {
      compared += each.alone;
      mismatched += each.aloneDiffered;
    }
    // First: a unit is seen before it differs, perhaps by another thread at this moment.
    mismatched += UnitBits.count(all.stream().map(Units::differed).toList());
    compared += UnitBits.count(all.stream().map(Units::seen).toList());
    return new EndpointUnits(endpoint, compared, mismatched);
  }

  /// The same in numbers.
  EndpointUnits of(Endpoint endpoint) {
    long mismatched = mismatched(); // first, as above
    return new EndpointUnits(endpoint, compared(), mismatched);
  }

  private long compared() {
    return alone + seen.count();
  }

  private long mismatched() {
    return aloneDiffered + differed.count();
  }
}
