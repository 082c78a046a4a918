package dev.banyan.exchange;

import java.util.List;

/// What comparing an exchange came to.
public sealed interface Verdict {

  /// Nothing differs that a client could see.
  record Match() implements Verdict {}

  /// At least one difference that is not cosmetic.
  record Mismatch(List<Difference> differences) implements Verdict {
    public Mismatch {
      differences = List.copyOf(differences);
    }
  }

  /// The data changed between the two legs, so the comparison proves nothing.
  record Raced(String why) implements Verdict {}

  /// Not compared, and why, in a few fixed words that can be counted.
  record Skipped(String reason) implements Verdict {}
}
