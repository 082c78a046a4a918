package dev.banyan.migration;

import java.util.Locale;

/// What a difference on the wire does to a client: breaks it, may break it, or is seen by nobody.
public enum Severity {
  BREAKING,
  RISKY,
  COSMETIC;

  /// The word used in JSON and messages.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
