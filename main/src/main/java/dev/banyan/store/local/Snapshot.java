package dev.banyan.store.local;

import dev.banyan.cutover.LedgerEntry;
import dev.banyan.cutover.Standing;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What was last known of the store.
///
/// @param standings by the families' names
/// @param stoppedLine why all promotion is stopped, or null
/// @param secrets by name; not shown by [#toString]
/// @param head the last ledger entry, null while there is none
record Snapshot(
    List<Standing> standings,
    @Nullable String stoppedLine,
    Map<String, byte[]> secrets,
    @Nullable LedgerEntry head) {
  static final Snapshot EMPTY = new Snapshot(List.of(), null, Map.of(), null);

  Snapshot {
    standings = List.copyOf(standings);
    secrets = Map.copyOf(secrets);
  }

  Snapshot with(List<Standing> next) {
    return new Snapshot(next, stoppedLine, secrets, head);
  }

  Snapshot withLine(@Nullable String next) {
    return new Snapshot(standings, next, secrets, head);
  }

  Snapshot withSecrets(Map<String, byte[]> next) {
    return new Snapshot(standings, stoppedLine, next, head);
  }

  Snapshot withHead(@Nullable LedgerEntry next) {
    return new Snapshot(standings, stoppedLine, secrets, next);
  }

  @Override
  public String toString() {
    return standings + ", line " + stoppedLine + ", head " + head;
  }
}
