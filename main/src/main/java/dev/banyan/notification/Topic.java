package dev.banyan.notification;

import java.util.Locale;

/// What a notification is about, as targets choose.
public enum Topic {
  /// A family was promoted.
  PHASE,
  /// A family was taken back.
  ROLLBACK,
  /// Something waits for a person.
  WAITING,
  /// The candidate does harm, or a replica has taken it off by itself.
  ALARM,
  /// The ledger has a new head.
  LEDGER_HEAD;

  /// The word used in `banyan.yaml` and in messages.
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
