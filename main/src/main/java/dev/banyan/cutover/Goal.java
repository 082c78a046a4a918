package dev.banyan.cutover;

import java.util.Locale;

/// A figure that a migration is to improve.
public enum Goal {
  /// The time within which half of the answers come, in milliseconds.
  P50,
  P99,
  /// Errors per request.
  ERROR_RATE,
  /// The resident memory of the service's process, in bytes.
  MEMORY,
  /// Processor time of the service's process, in seconds per second.
  CPU;

  /// The word used in `banyan.yaml` and in messages.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// Whether it is what a whole process uses, which it says itself.
  public boolean ofTheProcess() {
    return this == MEMORY || this == CPU;
  }

  String words(double figure) {
    return switch (this) {
      case P50, P99 -> String.format(Locale.ROOT, "%.1f ms", figure);
      case ERROR_RATE -> Wording.percent(figure);
      case MEMORY -> String.format(Locale.ROOT, "%,.1f MiB", figure / (1 << 20));
      case CPU -> String.format(Locale.ROOT, "%.3f cores", figure);
    };
  }
}
