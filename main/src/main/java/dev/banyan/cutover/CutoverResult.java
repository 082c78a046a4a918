package dev.banyan.cutover;

import dev.banyan.migration.FamilyState;
import dev.banyan.migration.GateReading;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What became of an order.
public sealed interface CutoverResult {

  /// It is in force.
  ///
  /// @param swap how long the routing table took to follow; zero where it did not change
  /// @param recorded whether the store has it. False only after a rollback or a hold whose record
  ///   is still to be written: it is in force all the same, and the record is tried again until it
  ///   is written
  /// @param replicas how many replicas steer by it, null where there is but one process or nobody
  ///   waited
  record Done(
      FamilyState before,
      FamilyState after,
      Duration swap,
      boolean recorded,
      Replicas.@Nullable Acknowledged replicas)
      implements CutoverResult {

    Done(FamilyState before, FamilyState after, Duration swap, boolean recorded) {
      this(before, after, swap, recorded, null);
    }
  }

  /// Nothing has changed.
  ///
  /// @param detail a sentence for people: what stands in the way and what to do
  /// @param gates all readings when gates refused it, else none
  record Refused(Code code, String detail, List<GateReading> gates) implements CutoverResult {
    public Refused {
      gates = List.copyOf(gates);
    }

    Refused(Code code, String detail) {
      this(code, detail, List.of());
    }
  }

  /// Why an order was refused, for programs.
  enum Code {
    FAMILY_UNKNOWN("family-unknown"),
    REASON_MISSING("reason-missing"),
    STATE_CHANGED("state-changed"),
    FAMILY_HELD("family-held"),
    LINE_STOPPED("line-stopped"),
    FROZEN("frozen"),
    APPROVAL_REQUIRED("approval-required"),
    TRANSITION_ILLEGAL("transition-illegal"),
    GATE_REFUSED("gate-refused"),
    HANDOVER_FAILED("handover-failed"),
    STORE_UNAVAILABLE("store-unavailable");

    private final String word;

    Code(String word) {
      this.word = word;
    }

    /// The word used in problem details.
    public String word() {
      return word;
    }
  }
}
