package dev.banyan.migration;

import java.util.Locale;

/// Where a family stands on its way from the legacy to the candidate.
///
/// Each phase offers only its legal exits forward; [#backTo] is the one way back, to any earlier
/// phase. Whether a move is wise is for the gates to say; whether it exists is said here.
public sealed interface Phase {

  /// The phases in order, for comparing and for naming.
  enum Name {
    LEGACY,
    SHADOW,
    CANARY,
    READS,
    WRITES,
    RETIRED;

    /// The word used in JSON, commands and messages.
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    public boolean before(Name other) {
      return compareTo(other) < 0;
    }
  }

  Name name();

  /// The candidate's share of the reads.
  Weight reads();

  /// The candidate's share of the writes.
  Weight writes();

  /// Whether safe requests are sent to the other side as well, to be compared.
  boolean shadows();

  /// The same family in an earlier phase. Back into a canary means back to `canaryWeight`.
  ///
  /// @throws IllegalArgumentException when the phase named is not an earlier one
  default Phase backTo(Name earlier, Weight canaryWeight) {
    if (!earlier.before(name())) {
      throw new IllegalArgumentException(
          "a rollback goes to an earlier phase; '"
              + earlier.word()
              + "' does not come before '"
              + name().word()
              + "'");
    }
    return switch (earlier) {
      case LEGACY -> new Legacy();
      case SHADOW -> new Shadow();
      case CANARY -> new Canary(canaryWeight);
      case READS -> new Reads();
      case WRITES -> new Writes(Weight.FULL);
      case RETIRED -> throw new IllegalStateException("nothing comes after retired");
    };
  }

  /// The legacy answers everything, and nothing is compared.
  record Legacy() implements Phase {
    @Override
    public Name name() {
      return Name.LEGACY;
    }

    @Override
    public Weight reads() {
      return Weight.NONE;
    }

    @Override
    public Weight writes() {
      return Weight.NONE;
    }

    @Override
    public boolean shadows() {
      return false;
    }

    public Shadow toShadow() {
      return new Shadow();
    }
  }

  /// The legacy answers everything; safe requests also go to the candidate, to be compared.
  record Shadow() implements Phase {
    @Override
    public Name name() {
      return Name.SHADOW;
    }

    @Override
    public Weight reads() {
      return Weight.NONE;
    }

    @Override
    public Weight writes() {
      return Weight.NONE;
    }

    @Override
    public boolean shadows() {
      return true;
    }

    public Canary toCanary(Weight first) {
      return new Canary(first);
    }
  }

  /// The candidate answers the reads of a share of the sticky units.
  record Canary(Weight weight) implements Phase {
    public Canary {
      if (weight.equals(Weight.NONE)) {
        throw new IllegalArgumentException("a canary takes more than 0% of the units");
      }
    }

    @Override
    public Name name() {
      return Name.CANARY;
    }

    @Override
    public Weight reads() {
      return weight;
    }

    @Override
    public Weight writes() {
      return Weight.NONE;
    }

    @Override
    public boolean shadows() {
      return true;
    }

    /// The next step up. Down is a rollback, not a step.
    public Canary step(Weight next) {
      requireMore(weight, next);
      return new Canary(next);
    }

    public Reads toReads() {
      return new Reads();
    }
  }

  /// The candidate answers all reads, the legacy all writes.
  record Reads() implements Phase {
    @Override
    public Name name() {
      return Name.READS;
    }

    @Override
    public Weight reads() {
      return Weight.FULL;
    }

    @Override
    public Weight writes() {
      return Weight.NONE;
    }

    @Override
    public boolean shadows() {
      return true;
    }

    public Writes toWrites(Weight first) {
      return new Writes(first);
    }
  }

  /// The candidate answers all reads and the writes of a share of the sticky units.
  record Writes(Weight weight) implements Phase {
    public Writes {
      if (weight.equals(Weight.NONE)) {
        throw new IllegalArgumentException("the writes phase takes more than 0% of the units");
      }
    }

    @Override
    public Name name() {
      return Name.WRITES;
    }

    @Override
    public Weight reads() {
      return Weight.FULL;
    }

    @Override
    public Weight writes() {
      return weight;
    }

    @Override
    public boolean shadows() {
      return true;
    }

    /// The next step up. Down is a rollback, not a step.
    public Writes step(Weight next) {
      requireMore(weight, next);
      return new Writes(next);
    }

    public Retired toRetired() {
      return new Retired();
    }
  }

  /// The candidate answers everything, and the legacy is no longer asked.
  record Retired() implements Phase {
    @Override
    public Name name() {
      return Name.RETIRED;
    }

    @Override
    public Weight reads() {
      return Weight.FULL;
    }

    @Override
    public Weight writes() {
      return Weight.FULL;
    }

    @Override
    public boolean shadows() {
      return false;
    }
  }

  private static void requireMore(Weight now, Weight next) {
    if (next.compareTo(now) <= 0) {
      throw new IllegalArgumentException(
          "the next step is more than " + now + ", not " + next + "; less is a rollback");
    }
  }
}
