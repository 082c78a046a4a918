package dev.banyan.replica;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A store in memory for several replicas that take turns. Any of them can be cut off.
final class OneStore {
  private final Map<String, Presence> list = new TreeMap<>();
  private final Deque<Digest> digests = new ArrayDeque<>();
  private Roster.Office office = new Roster.Office(0, null, 0);
  private @Nullable View lockedBy;
  long seq;
  List<WriteHold> holds = List.of();
  boolean asked;

  /// As an older copy has it.
  void forgetApplied() {
    list.replaceAll((_, each) -> each.withApplied(0));
  }

  /// The store as one replica sees it.
  final class View implements Roster, Wire, Mailbox {
    final String name;
    private final String instance;
    final List<Long> acknowledged = new ArrayList<>();
    final List<String> toldTo = new ArrayList<>();
    boolean cut;

    View(String name, String instance) {
      this.name = name;
      this.instance = instance;
    }

    private void reach() {
      if (cut) {
        throw new UncheckedIOException(new IOException("cut off"));
      }
    }

    @Override
    public Sheet beat(Hello hello) {
      reach();
      Presence old = list.get(name);
      boolean joined =
          old == null || old.instance().equals(instance) || old.hasLeft() || hello.seize();
      if (joined) {
        long beats = old == null ? 0 : Math.max(0, old.beats()) + 1;
        list.put(
            name,
            new Presence(
                name,
                instance,
                Instant.EPOCH,
                Instant.EPOCH,
                beats,
                hello.applied(),
                "",
                hello.denied()));
      }
      return new Sheet(joined, List.copyOf(list.values()), office);
    }

    @Override
    public boolean keep(long term) {
      reach();
      if (lockedBy != this || office.term() != term) {
        return false;
      }
      office = new Office(term, name, office.beats() + 1);
      return true;
    }

    @Override
    public OptionalLong take(long term) {
      reach();
      if (lockedBy != null || office.term() != term) {
        return OptionalLong.empty();
      }
      lockedBy = this;
      office = new Office(term + 1, name, 0);
      return OptionalLong.of(term + 1);
    }

    @Override
    public void depose(long term) {
      reach();
      lockedBy = null;
    }

    @Override
    public void resign(long term) {
      reach();
      lockedBy = null;
      office = new Office(term, null, office.beats());
    }

    @Override
    public void forget(Set<String> gone) {
      reach();
    }

    @Override
    public void leave() {
      reach();
      Presence old = Objects.requireNonNull(list.get(name));
      list.put(
          name,
          new Presence(
              name,
              instance,
              Instant.EPOCH,
              Instant.EPOCH,
              Presence.LEFT,
              old.applied(),
              "",
              Set.of()));
    }

    @Override
    public Look look() {
      reach();
      return new Look(seq, holds, asked);
    }

    @Override
    public void acknowledge(long applied, Set<String> waiting) {
      reach();
      acknowledged.add(applied);
      toldTo.addAll(waiting);
    }

    @Override
    public List<Said> await(Duration atMost) {
      reach();
      List<Said> all = List.copyOf(said);
      said.clear();
      return all;
    }

    /// What this replica is told when it waits next.
    final List<Said> said = new ArrayList<>();

    private int read;

    @Override
    public void give(long tick, List<Digest> mine) {
      reach();
      digests.addAll(mine);
    }

    @Override
    public List<Digest> read(int most) {
      reach();
      List<Digest> fresh = digests.stream().skip(read).toList();
      read = digests.size();
      return fresh;
    }

    List<Presence> all() {
      reach();
      return List.copyOf(list.values());
    }

    @Override
    public void close() {
      cut = true;
    }
  }
}
