package dev.banyan.bench.transfer;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;

/// An application that writes, like pgbench's simple update: each of its clients changes an
/// account, reads it and notes that in the history, commits, and begins again at once.
@SuppressWarnings("try") // closing waits for the clients
final class WriteLoad implements AutoCloseable {
  private static final int CLIENTS = 2;

  private final Server server;
  private final int accounts;
  private final LongAdder committed = new LongAdder();
  private final List<FutureTask<Void>> clients = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean stopping;

  WriteLoad(Server server, int accounts) {
    this.server = server;
    this.accounts = accounts;
    for (int i = 0; i < CLIENTS; i++) {
      FutureTask<Void> client = new FutureTask<>(this::write);
      clients.add(client);
      threads.add(Thread.ofPlatform().name("writes-" + i).start(client));
    }
  }

  private Void write() throws SQLException {
    try (Connection connection = server.connect();
        PreparedStatement update =
            connection.prepareStatement(
                "update accounts set abalance = abalance + ? where aid = ?");
        PreparedStatement read =
            connection.prepareStatement("select abalance from accounts where aid = ?");
        PreparedStatement note =
            connection.prepareStatement(
                "insert into history (tid, aid, delta, at) values (1, ?, ?, now())")) {
      connection.setAutoCommit(false);
      while (!stopping) {
        int aid = 1 + ThreadLocalRandom.current().nextInt(accounts);
        int delta = ThreadLocalRandom.current().nextInt(-5_000, 5_000);
        update.setInt(1, delta);
        update.setInt(2, aid);
        update.executeUpdate();
        read.setInt(1, aid);
        read.executeQuery().close();
        note.setInt(1, aid);
        note.setInt(2, delta);
        note.executeUpdate();
        connection.commit();
        committed.increment();
      }
    }
    return null;
  }

  /// What is done meanwhile.
  interface Meanwhile {
    void run() throws Exception;
  }

  /// @return transactions a second while something else is done
  double during(Meanwhile other) throws Exception {
    long before = committed.sum();
    long began = System.nanoTime();
    other.run();
    return (committed.sum() - before) / ((System.nanoTime() - began) / 1e9);
  }

  @Override
  public void close() throws InterruptedException, ExecutionException {
    stopping = true;
    for (Thread each : threads) {
      each.join();
    }
    for (FutureTask<Void> each : clients) {
      each.get();
    }
  }
}
