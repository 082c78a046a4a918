package dev.banyan.control;

import dev.banyan.migration.Endpoint;
import dev.banyan.parity.LearnedNoise;
import dev.banyan.parity.Noise;
import dev.banyan.parity.VolatileClass;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The documents of the API that tell what was learned of noise.
final class LearnedDocuments {
  private LearnedDocuments() {}

  /// A place where the legacy's answers are never the same.
  ///
  /// @param samples requests that the legacy answered twice
  /// @param disagreements of them in which it gave two values there
  record Volatile(
      String method,
      String template,
      int status,
      String where,
      String type,
      long samples,
      long disagreements,
      Instant until) {
    static Volatile of(Noise.Rule rule) {
      return new Volatile(
          rule.endpoint().method(),
          rule.endpoint().template(),
          rule.status(),
          rule.where(),
          word(rule.volatileClass()),
          rule.samples(),
          rule.disagreements(),
          rule.until());
    }
  }

  /// A place where noise does not explain how often the candidate differs.
  ///
  /// @param against exchanges in which the legacy agreed with itself and not with the candidate
  /// @param inFavour exchanges in which it disagreed with itself, and agreed first with the
  ///   candidate
  /// @param logE the natural logarithm of the evidence
  record Defect(
      String method,
      String template,
      int status,
      String where,
      String kind,
      long against,
      long inFavour,
      double logE) {
    static Defect of(Noise.Defect defect) {
      return new Defect(
          defect.endpoint().method(),
          defect.endpoint().template(),
          defect.status(),
          defect.where(),
          defect.kind().word(),
          defect.against(),
          defect.inFavour(),
          defect.logE());
    }
  }

  /// @param only the endpoint to be told of, or null for all
  static List<Volatile> volatiles(LearnedNoise noise, @Nullable Endpoint only) {
    return noise.rules().stream()
        .filter(rule -> only == null || rule.endpoint().equals(only))
        .map(Volatile::of)
        .sorted(
            Comparator.comparing(Volatile::template)
                .thenComparing(Volatile::method)
                .thenComparingInt(Volatile::status)
                .thenComparing(Volatile::where))
        .toList();
  }

  static List<Defect> defects(LearnedNoise noise, @Nullable Endpoint only) {
    return noise.defects().stream()
        .filter(defect -> only == null || defect.endpoint().equals(only))
        .map(Defect::of)
        .sorted(Comparator.comparingDouble(Defect::logE).reversed())
        .toList();
  }

  private static String word(VolatileClass found) {
    return switch (found) {
      case VolatileClass.Time _ -> "time";
      case VolatileClass.Uuid _ -> "uuid";
      case VolatileClass.Token token -> token.isCursor() ? "cursor" : "token";
      case VolatileClass.Counter _ -> "counter";
    };
  }
}
