package dev.banyan.store.local;

import dev.banyan.cutover.ChainLink;
import dev.banyan.cutover.Change;
import dev.banyan.cutover.LedgerEntry;
import dev.banyan.cutover.MigrationStore;
import dev.banyan.cutover.Standing;
import dev.banyan.cutover.Writing;
import dev.banyan.cutover.Written;
import dev.banyan.migration.FamilyState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A store whose last word is kept in the data directory, so that a program that is started while
/// the store is gone serves as it did. It answers what a start asks from there; writing needs the
/// store.
///
/// What this process writes is in the file when [#write] returns; what it hears of others is there
/// after the next [#save]. A file that can not be written is a warning and nothing else. Safe to
/// use from any thread.
public final class Remembering implements MigrationStore {
  private static final Logger LOG = LoggerFactory.getLogger(Remembering.class);

  private final MigrationStore store;
  private final SnapshotFile file;

  // Guarded by this, like the file.
  private Snapshot last;
  private boolean known;
  private boolean changed;
  private boolean failing;

  public Remembering(MigrationStore store, DataDirectory directory) {
    this.store = store;
    this.file = new SnapshotFile(directory);
    Optional<Snapshot> kept = read(file);
    this.last = kept.orElse(Snapshot.EMPTY);
    this.known = kept.isPresent();
  }

  private static Optional<Snapshot> read(SnapshotFile file) {
    try {
      return file.read();
    } catch (IOException e) {
      LOG.error("what was last known of the store is lost: {}", e.getMessage(), e);
      return Optional.empty();
    }
  }

  @Override
  public List<Standing> standings() {
    List<Standing> standings;
    try {
      standings = store.standings();
    } catch (UncheckedIOException e) {
      return fromFile(e).standings();
    }
    keep(standings);
    return standings;
  }

  @Override
  public List<Standing> stored() {
    return store.stored();
  }

  /// The phases are what the store says; the epochs are the highest that there have been, for a
  /// store that has gone back gives numbers that were given before.
  private synchronized void keep(List<Standing> standings) {
    Map<String, Long> highest = highest();
    Map<String, Standing> all = new TreeMap<>();
    last.standings().stream()
        .filter(each -> each.state().epoch() > 0)
        .forEach(lost -> all.put(lost.state().family(), lifted(Standing.initial(lost), highest)));
    standings.forEach(each -> all.put(each.state().family(), lifted(each, highest)));
    replace(last.with(List.copyOf(all.values())));
    known = true;
    saveNow();
  }

  private static Standing lifted(Standing stored, Map<String, Long> highest) {
    FamilyState state = stored.state();
    long most = highest.getOrDefault(state.family(), 0L);
    return state.epoch() >= most
        ? stored
        : new Standing(state.at(most), stored.baseline(), stored.approval());
  }

  private Map<String, Long> highest() {
    return last.standings().stream()
        .collect(
            Collectors.toMap(
                each -> each.state().family(), each -> each.state().epoch(), Math::max));
  }

  @Override
  public synchronized Map<String, Long> highestEpochs() {
    return highest();
  }

  private synchronized Snapshot fromFile(UncheckedIOException e) {
    if (!known) {
      throw e;
    }
    if (!failing) {
      failing = true;
      LOG.warn(
          "the store is gone; going on from what was last known: {}",
          Objects.requireNonNull(e.getCause()).getMessage());
    }
    return last;
  }

  @Override
  public Optional<String> stoppedLine() {
    Optional<String> line;
    try {
      line = store.stoppedLine();
    } catch (UncheckedIOException e) {
      return Optional.ofNullable(fromFile(e).stoppedLine());
    }
    learn(List.of(), line.orElse(null));
    return line;
  }

  /// Takes note of what others have decided.
  ///
  /// @param moved families with where they stand now
  /// @param stoppedLine why all promotion is stopped, or null
  public synchronized void learn(List<Standing> moved, @Nullable String stoppedLine) {
    replace(last.with(merged(moved)).withLine(stoppedLine));
  }

  private List<Standing> merged(Collection<Standing> moved) {
    Map<String, Standing> all =
        last.standings().stream()
            .collect(
                Collectors.toMap(
                    each -> each.state().family(),
                    each -> each,
                    (_, later) -> later,
                    TreeMap::new));
    // What was heard of others may be older than what was written here meanwhile.
    moved.forEach(each -> all.merge(each.state().family(), each, Remembering::later));
    return List.copyOf(all.values());
  }

  private static Standing later(Standing known, Standing heard) {
    return known.state().epoch() > heard.state().epoch() ? known : heard;
  }

  private synchronized void replace(Snapshot next) {
    if (!next.equals(last)) {
      last = next;
      changed = true;
    }
  }

  /// Writes what was heard since the file was written. To be called each second or so.
  public synchronized void save() {
    failing = false; // if it fails again, that is told again
    saveNow();
  }

  private void saveNow() {
    if (!changed || !known) {
      return; // half a snapshot is none
    }
    try {
      file.write(last);
      changed = false;
    } catch (IOException e) {
      LOG.warn("what is known of the store can not be kept for a start without it", e);
    }
  }

  @Override
  public Written write(List<Writing> writings, @Nullable Long term) {
    Written written = store.write(writings, term);
    if (written instanceof Written.Done done) {
      wrote(writings, done.entry());
    }
    return written;
  }

  private synchronized void wrote(List<Writing> writings, LedgerEntry head) {
    for (Writing writing : writings) {
      replace(
          switch (writing.change()) {
            case null -> last;
            case Change.Move move -> last.with(merged(List.of(move.after())));
            case Change.Line line -> last.withLine(line.stopped());
            case Change.Prune _ -> last;
          });
    }
    replace(last.withHead(head));
    saveNow();
  }

  @Override
  public Optional<ChainLink> anchor() {
    return store.anchor();
  }

  @Override
  public Optional<String> note(String name) {
    return store.note(name);
  }

  @Override
  public void note(String name, String text) {
    store.note(name, text);
  }

  @Override
  public boolean claim(String name, String text) {
    return store.claim(name, text);
  }

  @Override
  public List<LedgerEntry> page(long after, int limit) {
    return store.page(after, limit);
  }

  @Override
  public Optional<LedgerEntry> head() {
    Optional<LedgerEntry> head;
    try {
      head = store.head();
    } catch (UncheckedIOException e) {
      return Optional.ofNullable(fromFile(e).head());
    }
    synchronized (this) {
      replace(last.withHead(head.orElse(null)));
    }
    return head;
  }

  /// Where the store is gone, one that was asked for before; never a fresh one.
  @Override
  public byte[] secret(String name, Supplier<byte[]> fresh) {
    byte[] secret;
    try {
      secret = store.secret(name, fresh);
    } catch (UncheckedIOException e) {
      byte[] kept = fromFile(e).secrets().get(name);
      if (kept == null) {
        throw e;
      }
      return kept.clone();
    }
    synchronized (this) {
      Map<String, byte[]> secrets = new HashMap<>(last.secrets());
      secrets.put(name, secret.clone());
      replace(last.withSecrets(secrets));
      saveNow();
    }
    return secret;
  }
}
