package dev.banyan.bench.transfer;

import dev.banyan.bench.machine.GivingWay;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;

/// An application that writes, like pgbench's simple update: each of its clients changes an
/// account, reads it and notes that in the history, commits, and begins again at once.
///
/// It is a process of its own, so that it keeps its share of the processors while the mover's
/// [gives way][GivingWay].
@SuppressWarnings("try") // closing waits for the application
final class WriteLoad implements AutoCloseable {
  private static final int CLIENTS = 2;

  private final Process process;
  private final BufferedReader said;
  private final BufferedWriter asked;

  WriteLoad(Server server, int accounts) throws IOException {
    process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                WriteLoad.class.getName(),
                server.url(),
                server.user(),
                Integer.toString(accounts))
            .redirectError(Redirect.INHERIT)
            .start();
    said = process.inputReader();
    asked = process.outputWriter();
    committed(); // waits until it is there
  }

  /// The application. Tells how much it has committed each time it is asked by a line, and ends
  /// with its input.
  public static void main(String[] arguments) throws IOException {
    LongAdder committed = new LongAdder();
    for (int i = 0; i < CLIENTS; i++) {
      Thread.ofPlatform()
          .daemon()
          .start(
              () -> write(arguments[0], arguments[1], Integer.parseInt(arguments[2]), committed));
    }
    BufferedReader asked =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    while (asked.readLine() != null) {
      System.out.println(committed.sum());
    }
  }

  private static void write(String url, String user, int accounts, LongAdder committed) {
    try (Connection connection = DriverManager.getConnection(url, user, "");
        PreparedStatement update =
            connection.prepareStatement(
                "update accounts set abalance = abalance + ? where aid = ?");
        PreparedStatement read =
            connection.prepareStatement("select abalance from accounts where aid = ?");
        PreparedStatement note =
            connection.prepareStatement(
                "insert into history (tid, aid, delta, at) values (1, ?, ?, now())")) {
      connection.setAutoCommit(false);
      while (true) {
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
    } catch (SQLException e) {
      System.err.println("the writing application has failed: " + e.getMessage());
      System.exit(1);
    }
  }

  /// What is done meanwhile.
  interface Meanwhile {
    void run() throws Exception;
  }

  /// @return transactions a second while something else is done
  double during(Meanwhile other) throws Exception {
    long before = committed();
    long began = System.nanoTime();
    other.run();
    long after = committed();
    return (after - before) / ((System.nanoTime() - began) / 1e9);
  }

  private long committed() throws IOException {
    asked.newLine();
    asked.flush();
    String count = said.readLine();
    if (count == null) {
      throw new IOException("the writing application has ended");
    }
    return Long.parseLong(count);
  }

  @Override
  public void close() throws IOException, InterruptedException {
    asked.close();
    process.waitFor();
  }
}
