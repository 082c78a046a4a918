package dev.banyan.control;

import java.util.List;

/// What became of an order that concerns no single family.
public sealed interface WideOutcome {

  /// It is in force.
  ///
  /// @param families those that it has changed something about, by name
  /// @param recorded whether the store has it yet
  record Done(List<String> families, boolean recorded) implements WideOutcome {
    public Done {
      families = List.copyOf(families);
    }
  }

  /// Nothing was changed.
  record Refused(Refusal refusal) implements WideOutcome {}
}
