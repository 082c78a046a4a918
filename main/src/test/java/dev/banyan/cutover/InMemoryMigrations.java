package dev.banyan.cutover;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/// A store that forgets with the process, fails when told to, and can be kept waiting.
final class InMemoryMigrations implements MigrationStore {
  private final Map<String, Standing> standings = new TreeMap<>();
  private final Map<String, byte[]> secrets = new TreeMap<>();
  final List<LedgerEntry> entries = new ArrayList<>();
  volatile boolean failing;
  volatile @Nullable CountDownLatch gate;
  final CountDownLatch reached = new CountDownLatch(1);

  private void write() {
    CountDownLatch wait = gate;
    if (wait != null) {
      reached.countDown();
      try {
        wait.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
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
  public void record(Standing standing, LedgerEntry entry) {
    write();
    synchronized (entries) {
      add(entry);
      standings.put(standing.state().family(), standing);
    }
  }

  @Override
  public void append(LedgerEntry entry) {
    write();
    synchronized (entries) {
      add(entry);
    }
  }

  private void add(LedgerEntry entry) {
    if (entries.stream().anyMatch(other -> other.seq() == entry.seq())) {
      throw new UncheckedIOException(new IOException("entry " + entry.seq() + " exists"));
    }
    entries.add(entry);
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
  public Optional<byte[]> secret(String name) {
    return Optional.ofNullable(secrets.get(name)).map(byte[]::clone);
  }

  @Override
  public void keepSecret(String name, byte[] secret) {
    secrets.put(name, secret.clone());
  }
}
