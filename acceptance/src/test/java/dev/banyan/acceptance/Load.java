package dev.banyan.acceptance;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/// Keeps requests coming over several connections until it is closed, and remembers what failed.
final class Load implements AutoCloseable {
  private static final int FAILURES_KEPT = 20;

  /// One request or a few; throws whatever is wrong with the answer.
  interface Round {
    void go(Client client, long number) throws IOException;
  }

  private final int port;
  private final Round round;
  private final long limit;
  private final AtomicLong next = new AtomicLong();
  private final AtomicLong done = new AtomicLong();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final List<CompletableFuture<Void>> connections = new ArrayList<>();
  private volatile boolean stopping;

  private Load(int port, int width, long limit, Round round) {
    this.port = port;
    this.limit = limit;
    this.round = round;
    for (int i = 0; i < width; i++) {
      connections.add(CompletableFuture.runAsync(this::run, Thread::startVirtualThread));
    }
  }

  /// Starts the load on the port of a gateway.
  static Load on(int port, int connections, Round round) {
    return new Load(port, connections, Long.MAX_VALUE, round);
  }

  /// Does the rounds 0 to `count` less one, once each, and returns when all are done.
  ///
  /// @throws AssertionError when any failed
  static void each(int port, int connections, long count, Round round) {
    Load load = new Load(port, connections, count, round);
    load.connections.forEach(CompletableFuture::join);
    if (!load.failures.isEmpty()) {
      throw new AssertionError("failed: " + load.failures());
    }
  }

  /// Rounds that went well.
  long done() {
    return done.get();
  }

  /// What went wrong, the first few.
  List<String> failures() {
    return List.copyOf(failures);
  }

  /// Stops, after the rounds under way.
  @Override
  public void close() {
    stopping = true;
    connections.forEach(CompletableFuture::join);
  }

  private void run() {
    try (Client client = new Client(port)) {
      while (!stopping) {
        long number = next.getAndIncrement();
        if (number >= limit) {
          return;
        }
        attempt(client, number);
      }
    } catch (IOException e) {
      fail(e);
    }
  }

  private void attempt(Client client, long number) {
    try {
      round.go(client, number);
      done.incrementAndGet();
    } catch (Throwable e) {
      // Not the two types that a round throws: compiled code has let an AssertionFailedError pass a
      // handler for AssertionError that was compiled before the subclass was loaded (JDK 25.0.3).
      fail(e);
    }
  }

  private void fail(Throwable failure) {
    if (failures.size() < FAILURES_KEPT) {
      failures.add(failure.toString());
    }
  }
}
