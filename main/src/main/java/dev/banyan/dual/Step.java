package dev.banyan.dual;

import java.util.Set;

/// One change of the outbox. Many are written in one transaction.
public sealed interface Step {

  /// A write is about to be forwarded: its entry, and its keys as dirty.
  record Intend(Entry entry) implements Step {}

  /// An entry has come further. Nothing happens where it is not, or no longer, in the state that it
  /// was seen in.
  record Move(long seq, EntryState from, EntryState to, int tries, String says) implements Step {}

  /// An entry is settled: it leaves the outbox. Its keys count as touched again, so that no
  /// comparison that began before clears them.
  record Remove(long seq, EntryState from, String family, Set<String> touched) implements Step {
    public Remove {
      touched = Set.copyOf(touched);
    }

    static Remove of(Entry entry) {
      return new Remove(entry.seq(), entry.state(), entry.family(), entry.touched());
    }

    static Remove of(Entry.Listed entry) {
      return new Remove(entry.seq(), entry.state(), entry.family(), entry.touched());
    }
  }

  /// Keys are dirty without an entry: something was, or may have been, done to one side alone, so
  /// that the whole family is to be compared.
  record Mark(String family, Set<String> keys) implements Step {
    public Mark {
      keys = Set.copyOf(keys);
    }
  }
}
