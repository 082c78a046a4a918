package dev.banyan.cutover;

import java.util.List;
import java.util.Optional;

/// Where families' states and the ledger outlive the process.
///
/// What a method has returned from survives a crash. Any thread may call; calls may wait for each
/// other. Every method throws [java.io.UncheckedIOException], with a message for people, when the
/// store fails; then nothing of that call is kept.
public interface MigrationStore {
  /// Where every family ever moved stands, those not configured any more included.
  List<Standing> standings();

  /// Replaces a family's standing and appends the entry that explains it, both or neither.
  void record(Standing standing, LedgerEntry entry);

  /// Appends an entry that changes no family.
  void append(LedgerEntry entry);

  /// The entries that follow number `after`, in the order of their numbers, `limit` at most.
  List<LedgerEntry> page(long after, int limit);

  /// The last entry.
  Optional<LedgerEntry> head();

  /// A secret kept under a name, such as the key that samples are redacted with.
  Optional<byte[]> secret(String name);

  /// Keeps a secret in place of the one there was.
  void keepSecret(String name, byte[] secret);
}
