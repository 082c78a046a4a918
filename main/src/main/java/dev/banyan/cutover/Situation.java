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
/// @param rows whether both sides hold the same rows
/// @param step what both sides did in the present step, as of the latest tick
/// @param soaked how long the present step has lasted, by the monotonic clock
/// @param comparing how fast it goes on
/// @param withoutLegacy how long the legacy has answered no client, within the present step
record Situation(
    FamilyPolicy policy,
    Standing standing,
    @Nullable Phase next,
    CandidateHealth.Answer health,
    RowAgreement.Reading rows,
    ParityEvidence parity,
    Step step,
    Pace comparing,
    Duration soaked,
    Duration withoutLegacy) {
  /// What was compared of late, and in what time: it proves nothing, and says how long a proof will
  /// take.
  record Pace(long compared, Duration lasted) {
    static final Pace NONE = new Pace(0, Duration.ZERO);
  }

  Phase phase() {
    return standing.state().phase();
  }

  /// The step asked about, where there is one.
  Phase nextStep() {
    return Objects.requireNonNull(next, "nothing comes after " + phase().name().word());
  }
}
