package dev.banyan.cutover;

import dev.banyan.statistics.Answers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// What the legacy did on its own, frozen before each step began: the yardstick for as long as the
/// step lasts.
///
/// @param reads of its reads; of its writes are `writes`
public record Baseline(Yardstick reads, Yardstick writes) {
  public static final Baseline NONE = new Baseline(Yardstick.NONE, Yardstick.NONE);

  /// One kind of request.
  ///
  /// @param requests how many it was taken from
  /// @param errors those of them that failed
  /// @param thresholds from where on an answer is slow, ascending; none where nothing was answered
  public record Yardstick(long requests, long errors, List<Threshold> thresholds) {
    public static final Yardstick NONE = new Yardstick(0, 0, List.of());

    /// A harm beyond the last is not proved absent, only watched for: it is too rare.
    static final double[] QUANTILES = {0.5, 0.9, 0.99, 0.999};

    public Yardstick {
      thresholds = List.copyOf(thresholds);
    }

    /// @param slowFrom what is faster is never slow: the jitter of two machines
    static Yardstick of(Answers answers, Duration slowFrom) {
      List<Threshold> thresholds = new ArrayList<>();
      long answered = answers.latencies().count();
      if (answered > 0) {
        for (double quantile : QUANTILES) {
          Duration own = answers.latencies().quantile(quantile);
          Duration slower = own.compareTo(slowFrom) < 0 ? slowFrom : own;
          long beyond = answers.latencies().slowerThan(slower);
          thresholds.add(new Threshold(quantile, slower, (double) beyond / answered));
        }
      }
      return new Yardstick(answers.requests(), answers.errors(), thresholds);
    }

    /// Answers that are no errors: failures have no time worth keeping.
    public long answers() {
      return requests - errors;
    }

    public double errorShare() {
      return requests == 0 ? 0 : (double) errors / requests;
    }
  }

  /// From where on an answer counts as slow.
  ///
  /// @param quantile the legacy's that it was taken from, such as 0.99
  /// @param slowerThan its time, or the least that is ever called slow
  /// @param share of the legacy's own answers that took longer
  public record Threshold(double quantile, Duration slowerThan, double share) {}
}
