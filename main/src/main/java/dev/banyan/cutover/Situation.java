package dev.banyan.cutover;

import dev.banyan.migration.ParityEvidence;
import dev.banyan.migration.Phase;
import dev.banyan.statistics.Bets;
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
/// @param comparing how it goes on in the present step
/// @param withoutLegacy how long the legacy has answered no client, within the present step
record Situation(
    FamilyPolicy policy,
    Standing standing,
    @Nullable Phase next,
    CandidateHealth.Answer health,
    RowAgreement.Reading rows,
    ParityEvidence parity,
    Step step,
    Comparing comparing,
    Duration soaked,
    Duration withoutLegacy) {
  /// What was compared in the present step: in what time, which says how long a proof will take,
  /// and with what success, for a change that comes late.
  ///
  /// @param harm bets that more differ than may
  record Comparing(long compared, Duration lasted, Bets harm) {
    static final Comparing NONE = new Comparing(0, Duration.ZERO, Bets.NONE);
  }

  Phase phase() {
    return standing.state().phase();
  }

  /// The step asked about, where there is one.
  Phase nextStep() {
    return Objects.requireNonNull(next, "nothing comes after " + phase().name().word());
  }
}
