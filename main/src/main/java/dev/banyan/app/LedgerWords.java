package dev.banyan.app;

import dev.banyan.control.LedgerEntry;

/// The ledger's entries as the control API shows them.
final class LedgerWords {
  private LedgerWords() {}

  static LedgerEntry entry(dev.banyan.cutover.LedgerEntry entry) {
    return new LedgerEntry(
        entry.seq(),
        entry.at(),
        entry.kind().word(),
        entry.family(),
        entry.actor(),
        entry.reason(),
        entry.before(),
        entry.after(),
        entry.gates(),
        entry.took(),
        entry.previous(),
        entry.hash());
  }
}
