package dev.banyan.cutover;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A store that forgets with the process, fails when told to, and can be kept waiting.
final class InMemoryMigrations implements MigrationStore {
  private final Map<String, Standing> standings = new TreeMap<>();
  private final Map<String, byte[]> secrets = new TreeMap<>();
  final List<LedgerEntry> entries = new ArrayList<>();
  private final Map<String, String> notes = new TreeMap<>();
  private @Nullable String stopped;
  @Nullable ChainLink anchor;
  volatile long presentTerm;
  volatile boolean failing;

  /// The family at whose entry it fails, or null.
  volatile @Nullable String failingAt;

  /// Whether it fails once it has written.
  volatile boolean failingAfter;

  volatile @Nullable CountDownLatch gate;
  final CountDownLatch reached = new CountDownLatch(1);

  /// Keeps whoever has written waiting for the answer.
  volatile @Nullable CountDownLatch gateAfter;

  volatile Map<String, Long> highest = Map.of();

  /// As another process would.
  void stop(String why) {
    synchronized (entries) {
      stopped = why;
    }
  }

  /// An older copy takes its place.
  ///
  /// @param standing of its one family, or null for none
  void goBack(@Nullable Standing standing, int length) {
    synchronized (entries) {
      standings.clear();
      if (standing != null) {
        standings.put(standing.state().family(), standing);
      }
      entries.subList(length, entries.size()).clear();
    }
  }

  @Override
  public Map<String, Long> highestEpochs() {
    return highest;
  }

  private void pass(@Nullable CountDownLatch wait) {
    if (wait != null) {
      reached.countDown();
      try {
        wait.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private void write() {
    pass(gate);
    if (failing) {
      throw new UncheckedIOException(new IOException("the disk is full"));
    }
  }

  @Override
  public List<Standing> standings() {
    synchronized (entries) {
      return List.copyOf(standings.values());
    }
  }

  @Override
  public Optional<String> stoppedLine() {
    synchronized (entries) {
      return Optional.ofNullable(stopped);
    }
  }

  @Override
  public Written write(List<Writing> writings, @Nullable Long term) {
    write();
    Written written;
    synchronized (entries) {
      Map<String, Standing> before = new TreeMap<>(standings);
      List<LedgerEntry> ledger = List.copyOf(entries);
      try {
        written = written(writings, term);
      } catch (UncheckedIOException e) {
        standings.clear();
        standings.putAll(before);
        entries.clear();
        entries.addAll(ledger);
        throw e;
      }
    }
    pass(gateAfter);
    if (failingAfter) {
      throw new UncheckedIOException(new IOException("the disk has not answered"));
    }
    return written;
  }

  private Written written(List<Writing> writings, @Nullable Long term) {
    if (term != null && term != presentTerm) {
      return new Written.Fenced();
    }
    boolean promotes =
        writings.stream().anyMatch(each -> each.draft().kind() == LedgerEntry.Kind.PROMOTE);
    if (promotes && stopped != null) {
      return Written.Barred.byLine(stopped);
    }
    for (Writing writing : writings) {
      if (writing.change() instanceof Change.Move(Standing before, _, _)) {
        Standing now = standings.get(before.state().family());
        if (now == null ? before.state().epoch() != 0 : !now.equals(before)) {
          List<LedgerEntry> made = made(writings);
          return made.size() == writings.size()
              ? new Written.Done(made)
              : new Written.Conflict(now == null ? Standing.initial(before) : now);
        }
      }
    }
    return new Written.Done(writings.stream().map(this::enter).toList());
  }

  /// What was written already, when this is asked again.
  private List<LedgerEntry> made(List<Writing> writings) {
    List<LedgerEntry> made = new ArrayList<>();
    for (Writing writing : writings) {
      entries.stream()
          .filter(entry -> Objects.equals(entry.family(), writing.draft().family()))
          .reduce((_, later) -> later)
          .filter(last -> last.equals(writing.draft().placed(last.seq(), last.previous())))
          .ifPresent(made::add);
    }
    return made;
  }

  private LedgerEntry enter(Writing writing) {
    if (failingAt != null && failingAt.equals(writing.draft().family())) {
      throw new UncheckedIOException(new IOException("the disk is full"));
    }
    switch (writing.change()) {
      case null -> {}
      case Change.Line line -> stopped = line.stopped();
      case Change.Prune prune -> prune(prune.last());
      case Change.Move move -> standings.put(move.after().state().family(), move.after());
    }
    ChainLink last = entries.isEmpty() ? anchor : ChainLink.of(entries.getLast());
    LedgerEntry entry =
        last == null
            ? writing.draft().placed(1, LedgerEntry.GENESIS)
            : writing.draft().placed(last.seq() + 1, last.hash());
    entries.add(entry);
    return entry;
  }

  private void prune(ChainLink last) {
    if (entries.stream().noneMatch(entry -> ChainLink.of(entry).equals(last))) {
      throw new UncheckedIOException(new IOException("entry " + last.seq() + " is another one"));
    }
    entries.removeIf(entry -> entry.seq() <= last.seq());
    anchor = last;
  }

  @Override
  public Optional<ChainLink> anchor() {
    synchronized (entries) {
      return Optional.ofNullable(anchor);
    }
  }

  @Override
  public List<LedgerEntry> page(long after, int limit) {
    synchronized (entries) {
      return entries.stream().filter(entry -> entry.seq() > after).limit(limit).toList();
    }
  }

  @Override
  public Optional<LedgerEntry> head() {
    synchronized (entries) {
      return entries.isEmpty() ? Optional.empty() : Optional.of(entries.getLast());
    }
  }

  @Override
  public Optional<String> note(String name) {
    return Optional.ofNullable(notes.get(name));
  }

  @Override
  public void note(String name, String text) {
    notes.put(name, text);
  }

  @Override
  public boolean claim(String name, String text) {
    return !text.equals(notes.put(name, text));
  }

  @Override
  public byte[] secret(String name, Supplier<byte[]> fresh) {
    return secrets.computeIfAbsent(name, _ -> fresh.get()).clone();
  }
}
