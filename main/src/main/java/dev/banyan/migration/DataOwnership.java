package dev.banyan.migration;

import java.util.Locale;

/// Who owns a family's rows: nobody, one database that both sides use, or each side its own.
public enum DataOwnership {
  NONE,
  SHARED,
  SYNCED;

  /// The word used in `banyan.yaml`, JSON and messages.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
