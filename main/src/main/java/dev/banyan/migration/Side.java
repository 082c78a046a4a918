package dev.banyan.migration;

/// One of the two systems that can answer for a family.
public enum Side {
  LEGACY,
  CANDIDATE;

  public Side other() {
    return this == LEGACY ? CANDIDATE : LEGACY;
  }

  /// The word used in JSON, logs and messages.
  public String word() {
    return this == LEGACY ? "legacy" : "candidate";
  }
}
