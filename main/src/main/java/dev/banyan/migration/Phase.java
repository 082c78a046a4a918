package dev.banyan.migration;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

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

  default Name name() {
    return switch (this) {
      case Legacy _ -> Name.LEGACY;
      case Shadow _ -> Name.SHADOW;
      case Canary _ -> Name.CANARY;
      case Reads _ -> Name.READS;
      case Writes _ -> Name.WRITES;
      case Retired _ -> Name.RETIRED;
    };
  }

  /// The candidate's share of the reads.
  default Weight reads() {
    return switch (this) {
      case Legacy _, Shadow _ -> Weight.NONE;
      case Canary canary -> canary.weight();
      case Reads _, Writes _, Retired _ -> Weight.FULL;
    };
  }

  /// The candidate's share of the writes.
  default Weight writes() {
    return switch (this) {
      case Legacy _, Shadow _, Canary _, Reads _ -> Weight.NONE;
      case Writes writes -> writes.weight();
      case Retired _ -> Weight.FULL;
    };
  }

  /// The weight of the phase's own steps, or null where it has none.
  default @Nullable Weight stepWeight() {
    return switch (this) {
      case Canary canary -> canary.weight();
      case Writes writes -> writes.weight();
      case Legacy _, Shadow _, Reads _, Retired _ -> null;
    };
  }

  /// Whether safe requests are sent to the other side as well, to be compared.
  default boolean shadows() {
    return switch (this) {
      case Shadow _, Canary _, Reads _, Writes _ -> true;
      case Legacy _, Retired _ -> false;
    };
  }

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
    public Shadow toShadow() {
      return new Shadow();
    }
  }

  /// The legacy answers everything; safe requests also go to the candidate, to be compared.
  record Shadow() implements Phase {
    public Canary toCanary(Weight first) {
      return new Canary(first);
    }

    /// All reads at once, where that is the family's strategy.
    public Reads toReads() {
      return new Reads();
    }
  }

  /// The candidate answers the reads of a share of the sticky units.
  record Canary(Weight weight) implements Phase {
    public Canary {
      if (weight.equals(Weight.NONE)) {
        throw new IllegalArgumentException("a canary takes more than 0% of the units");
      }
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
  record Retired() implements Phase {}

  private static void requireMore(Weight now, Weight next) {
    if (next.compareTo(now) <= 0) {
      throw new IllegalArgumentException(
          "the next step is more than " + now + ", not " + next + "; less is a rollback");
    }
  }
}
