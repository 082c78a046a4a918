package dev.banyan.cutover;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Where a family stands with one thing that its migration is for. It gates nothing: the figures
/// are those of the moment, and no proof of anything.
///
/// @param wanted the change that is wanted, such as -0.3 for 30 % less
/// @param baseline the legacy's figure, frozen when the canary was entered; null where there is
///   none
/// @param now the candidate's; null where there is none
/// @param change what `now` is away from `baseline`, as a share of it; null without both, and from
///   a baseline of nothing
/// @param says one sentence for people
public record GoalReading(
    Goal goal,
    double wanted,
    @Nullable Double baseline,
    @Nullable Double now,
    @Nullable Double change,
    State state,
    String says) {

  /// Whether a goal is reached.
  public enum State {
    MET,
    NOT_YET,
    UNKNOWN;

    /// The word used in JSON and messages.
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /// @param unknown why it can not be said although both figures are there, or null
  static GoalReading of(
      Goal goal,
      double wanted,
      @Nullable Double baseline,
      @Nullable Double now,
      @Nullable String unknown) {
    if (baseline == null || now == null) {
      String missing =
          baseline == null
              ? "the legacy's figure is frozen when the canary is entered"
              : "the candidate has too little to show yet";
      return new GoalReading(
          goal, wanted, baseline, now, null, State.UNKNOWN, said(goal, wanted) + missing);
    }
    Double change = baseline == 0 ? null : now / baseline - 1;
    String figures =
        goal.words(now)
            + (change == null ? "" : " (" + signed(change) + ")")
            + ", the legacy had "
            + goal.words(baseline);
    if (unknown != null) {
      return new GoalReading(
          goal,
          wanted,
          baseline,
          now,
          change,
          State.UNKNOWN,
          said(goal, wanted) + figures + "; " + unknown);
    }
    // From nothing there is no less: all that can be wanted is that it stays at nothing.
    boolean met = change == null ? now == 0 : change <= wanted;
    return new GoalReading(
        goal,
        wanted,
        baseline,
        now,
        change,
        met ? State.MET : State.NOT_YET,
        said(goal, wanted) + figures);
  }

  private static String said(Goal goal, double wanted) {
    return goal.word() + " " + signed(wanted) + " wanted: ";
  }

  private static String signed(double share) {
    String text = String.format(Locale.ROOT, "%+.1f", share * 100);
    return text.replaceFirst("\\.0$", "") + "%";
  }
}
