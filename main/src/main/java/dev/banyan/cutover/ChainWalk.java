package dev.banyan.cutover;

import dev.banyan.cutover.Ledger.Check;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// One check of the whole chain, by one thread.
final class ChainWalk {
  private static final int PAGE = 1_000;
  private static final int TRIES = 3;

  private final MigrationStore store;
  private final TreeMap<Long, List<Expected>> expected = new TreeMap<>();

  // Of the try under way.
  private long seq;
  private String hash = LedgerEntry.GENESIS;
  private long read;
  private @Nullable LedgerEntry prune;

  ChainWalk(MigrationStore store) {
    this.store = store;
  }

  private record Expected(String hash, String why) {}

  /// Has the walk look for an entry that was there once.
  ///
  /// @param why it is known
  void expect(ChainLink link, String why) {
    expected
        .computeIfAbsent(link.seq(), _ -> new ArrayList<>())
        .add(new Expected(link.hash(), why));
  }

  /// @param outside what the head file says, for the answer
  Check check(@Nullable ChainLink outside) {
    for (int i = 1; ; i++) {
      ChainLink anchor = store.anchor().orElse(null);
      Check check = walk(anchor, outside);
      // What was removed during the walk is not missing.
      if (check instanceof Check.Intact
          || i == TRIES
          || store.anchor().equals(Optional.ofNullable(anchor))) {
        return check;
      }
    }
  }

  private Check walk(@Nullable ChainLink anchor, @Nullable ChainLink outside) {
    seq = anchor == null ? 0 : anchor.seq();
    hash = anchor == null ? LedgerEntry.GENESIS : anchor.hash();
    read = 0;
    prune = null;
    Check.Broken broken = older();
    if (broken == null) {
      broken = entries(newest());
    }
    if (broken == null) {
      broken = beginning(anchor);
    }
    return broken == null ? new Check.Intact(read, hash, anchor, outside) : broken;
  }

  /// The end as of now: what is appended while this reads is for the next check.
  private long newest() {
    long known = expected.isEmpty() ? 0 : expected.lastKey();
    try {
      return Math.max(known, store.head().map(LedgerEntry::seq).orElse(0L));
    } catch (UncheckedIOException e) {
      // The last one can not be read; found again on the way to it.
      return Long.MAX_VALUE;
    }
  }

  /// What is known of entries that are not held any more.
  private Check.@Nullable Broken older() {
    if (expected.isEmpty()) {
      return null;
    }
    long first = expected.firstKey();
    Expected wanted = first == seq ? missed(first) : expected.firstEntry().getValue().getFirst();
    if (first > seq || wanted == null) {
      return null;
    }
    return new Check.Broken(
        0,
        first,
        "entry "
            + first
            + " ("
            + wanted.why()
            + ") was removed as too old, and nothing ties what is left to it; if this process was"
            + " stopped for longer than ledger.retention, remove that file");
  }

  private Check.@Nullable Broken entries(long upTo) {
    int limit = PAGE;
    while (seq < upTo) {
      List<LedgerEntry> page;
      try {
        page = store.page(seq, (int) Math.min(limit, upTo - seq));
      } catch (UncheckedIOException e) {
        if (limit == 1) {
          return broken(seq + 1, String.valueOf(e.getMessage()));
        }
        // One of them can not be read: go on one by one, to be able to say which.
        limit = 1;
        continue;
      }
      if (page.isEmpty()) {
        return upTo == Long.MAX_VALUE ? null : cutOff();
      }
      for (LedgerEntry entry : page) {
        String fault = fault(entry);
        if (fault != null) {
          return broken(seq + 1, fault);
        }
        Check.Broken another = take(entry);
        if (another != null) {
          return another;
        }
      }
    }
    return null;
  }

  private Check.Broken cutOff() {
    Expected wanted = expected.isEmpty() ? null : expected.lastEntry().getValue().getFirst();
    return broken(
        seq + 1,
        "entry "
            + (seq + 1)
            + " is missing: the end was cut off"
            + (wanted == null
                ? ""
                : ", for there was an entry " + expected.lastKey() + " (" + wanted.why() + ")"));
  }

  private @Nullable String fault(LedgerEntry entry) {
    long next = seq + 1;
    if (entry.seq() != next) {
      return "entry " + next + " is missing: " + entry.seq() + " stands in its place";
    }
    if (!entry.hash().equals(entry.computeHash())) {
      return "entry " + next + " was edited: its hash does not fit what it says";
    }
    if (!entry.previous().equals(hash)) {
      return "entry " + next + " does not follow the one before it: moved, or replaced";
    }
    return null;
  }

  private Check.@Nullable Broken take(LedgerEntry entry) {
    seq = entry.seq();
    hash = entry.hash();
    read++;
    if (entry.kind() == LedgerEntry.Kind.PRUNE) {
      prune = entry;
    }
    Expected wanted = missed(seq);
    return wanted == null
        ? null
        : broken(
            seq,
            "entry "
                + seq
                + " is not the one that was written ("
                + wanted.why()
                + ", with hash "
                + wanted.hash()
                + "): the ledger was rewritten");
  }

  /// What was expected at a number, and is not what the chain holds there.
  private @Nullable Expected missed(long at) {
    return expected.getOrDefault(at, List.of()).stream()
        .filter(each -> !each.hash().equals(hash))
        .findFirst()
        .orElse(null);
  }

  /// Whether the newest of the entries that tell of a removal names what the chain begins after.
  private Check.@Nullable Broken beginning(@Nullable ChainLink anchor) {
    LedgerEntry said = prune;
    if (said == null) {
      return anchor == null
          ? null
          : broken(
              anchor.seq() + 1,
              "the entries up to "
                  + anchor.seq()
                  + " are gone, and no entry says that they were removed");
    }
    ChainLink removed = ChainLink.removedBy(said).orElse(null);
    return removed != null && removed.equals(anchor)
        ? null
        : broken(
            said.seq(),
            "entry "
                + said.seq()
                + " says that "
                + (removed == null ? "something" : "the entries up to " + removed.seq())
                + " was removed, and the ledger begins after "
                + (anchor == null ? "nothing" : anchor.seq() + " with hash " + anchor.hash()));
  }

  private Check.Broken broken(long at, String detail) {
    return new Check.Broken(read, at, detail);
  }
}
