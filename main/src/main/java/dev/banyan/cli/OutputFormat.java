package dev.banyan.cli;

import java.util.Locale;

/// For whom a command writes: people or programs.
public enum OutputFormat {
  TEXT,
  JSON;

  /// As it is typed.
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
