package dev.banyan.cutover;

import dev.banyan.migration.ParityEvidence;
import dev.banyan.migration.Phase;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// All that the gates of one family read, taken together at one moment.
///
/// @param next the step asked about, null at the end of the ladder
/// @param health what the candidate said of itself
/// @param rows what is known of the rows of both sides
/// @param step what both sides did in the present step, as of the latest tick
/// @param soaked how long the present step has lasted, by the monotonic clock
/// @param withoutLegacy how long the legacy has answered no client, within the present step
record Situation(
    FamilyPolicy policy,
    Standing standing,
    @Nullable Phase next,
    CandidateHealth.Answer health,
    RowProof.Answer rows,
    ParityEvidence parity,
    Step step,
    Duration soaked,
    Duration withoutLegacy) {

  /// One in which nothing is known of rows.
  Situation(
      FamilyPolicy policy,
      Standing standing,
      @Nullable Phase next,
      CandidateHealth.Answer health,
      ParityEvidence parity,
      Step step,
      Duration soaked,
      Duration withoutLegacy) {
    this(
        policy,
        standing,
        next,
        health,
        new RowProof.Unproven(),
        parity,
        step,
        soaked,
        withoutLegacy);
  }

  Phase phase() {
    return standing.state().phase();
  }

  /// The step asked about, where there is one.
  Phase nextStep() {
    return Objects.requireNonNull(next, "nothing comes after " + phase().name().word());
  }
}
