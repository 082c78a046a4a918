package dev.banyan.migration;

import java.util.Map;

/// What one gate makes of the evidence, always with its numbers.
///
/// @param gate the gate's name, such as `parity`
/// @param numbers what the gate looked at, by name, in units that the name or `says` tells
/// @param says one sentence for people: what was seen, what is wanted, what is missing
public record GateReading(String gate, Opinion opinion, Map<String, Double> numbers, String says) {

  public GateReading {
    numbers = Map.copyOf(numbers);
  }

  /// What a gate can ask for.
  public enum Opinion {
    PROMOTE,
    HOLD,
    ROLL_BACK;

    /// The word used in JSON and messages.
    public String word() {
      return switch (this) {
        case PROMOTE -> "promote";
        case HOLD -> "hold";
        case ROLL_BACK -> "roll back";
      };
    }
  }
}
