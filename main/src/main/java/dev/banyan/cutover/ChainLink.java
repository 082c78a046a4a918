package dev.banyan.cutover;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One entry of the ledger by its number and its hash: enough to tell whether a chain holds it.
public record ChainLink(long seq, String hash) {
  private static final Pattern REMOVED =
      Pattern.compile("\\{\"removedThrough\":([0-9]{1,18}),\"hash\":\"([0-9a-f]{64})\"}");

  public static ChainLink of(LedgerEntry entry) {
    return new ChainLink(entry.seq(), entry.hash());
  }

  /// What a PRUNE entry says of the last entry that was removed.
  String asEvidence() {
    return "{\"removedThrough\":" + seq + ",\"hash\":\"" + hash + "\"}";
  }

  /// The last entry that was removed, as a PRUNE entry names it; empty where it names none.
  static Optional<ChainLink> removedBy(LedgerEntry prune) {
    String evidence = prune.evidence();
    Matcher match = REMOVED.matcher(evidence == null ? "" : evidence);
    return match.matches()
        ? Optional.of(new ChainLink(Long.parseLong(match.group(1)), match.group(2)))
        : Optional.empty();
  }
}
