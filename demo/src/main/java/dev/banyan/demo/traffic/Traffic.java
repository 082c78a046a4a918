package dev.banyan.demo.traffic;

import java.io.IOException;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Steady traffic until it is closed: many clients, one rate.
public final class Traffic implements AutoCloseable {
  private static final int CLIENTS = 64;

  private static final int BUYERS = 8;
  private static final Duration THOUGHT = Duration.ofMillis(150);

  /// How many callers there are, told apart by their `Authorization`.
  private static final int CALLERS = 400;

  /// One in so many turns writes rows instead of reading.
  private static final int WRITES = 50;

  /// Turns missed for longer than this are not made up for: no burst follows a stall.
  private static final Duration LAG = Duration.ofMillis(200);

  private static final Duration REST = Duration.ofSeconds(20);
  private static final Pattern ID = Pattern.compile("\"id\":\"?([0-9]+)");

  private final int port;
  private final Count count;
  private final Receipts receipts;
  private final long interval;
  private final AtomicLong nextTurn = new AtomicLong(System.nanoTime());
  private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
  private volatile boolean open = true;

  private Traffic(int port, int perSecond, Count count, Receipts receipts) {
    this.port = port;
    this.count = count;
    this.receipts = receipts;
    this.interval = Duration.ofSeconds(1).toNanos() / perSecond;
  }

  /// Starts traffic to a port of the loopback address.
  ///
  /// @param perSecond turns in a second, all clients together; a turn that writes is up to ten
  ///   requests. Beside them a few buyers order without a pause
  public static Traffic start(int port, int perSecond, Count count, Receipts receipts) {
    Traffic traffic = new Traffic(port, perSecond, count, receipts);
    for (int i = 0; i < CLIENTS; i++) {
      SplittableRandom random = new SplittableRandom(i);
      traffic.clients.execute(() -> traffic.run(random));
    }
    for (int i = 0; i < BUYERS; i++) {
      SplittableRandom random = new SplittableRandom(CLIENTS + i);
      String caller = "buyer-" + i;
      traffic.clients.execute(() -> traffic.buy(random, caller));
    }
    return traffic;
  }

  private void run(SplittableRandom random) {
    Client client = new Client(random);
    try {
      while (open) {
        awaitTurn();
        client.turn();
      }
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    } finally {
      client.disconnect();
    }
  }

  private void buy(SplittableRandom random, String caller) {
    Client client = new Client(random);
    Buyer buyer = new Buyer(random, receipts, ask -> client.outcome(ask, caller));
    try {
      while (open) {
        buyer.buy();
        Thread.sleep(THOUGHT);
      }
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    } finally {
      client.disconnect();
    }
  }

  private void awaitTurn() throws InterruptedException {
    long now = System.nanoTime();
    long turn = nextTurn.getAndUpdate(at -> (at - now < -LAG.toNanos() ? now : at) + interval);
    long wait = turn - now;
    if (wait > 0) {
      Thread.sleep(Duration.ofNanos(wait));
    }
  }

  /// Lets every client finish what it is at, and returns when all have.
  public void finish() {
    open = false;
    clients.shutdown();
    try {
      if (!clients.awaitTermination(REST.toSeconds(), java.util.concurrent.TimeUnit.SECONDS)) {
        clients.shutdownNow();
      }
    } catch (InterruptedException hurried) {
      clients.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    finish();
  }

  /// One client: its script and its connection. Used by one thread.
  private final class Client {
    private final SplittableRandom random;
    private final Script script;
    private @Nullable Connection connection;

    Client(SplittableRandom random) {
      this.random = random;
      this.script = new Script(random);
    }

    void turn() {
      String caller = "user-" + (1 + random.nextInt(CALLERS));
      int turn = random.nextInt(WRITES);
      if (turn == 0) {
        changedRows(caller);
      } else if (turn == 1) {
        keptRow(caller);
      } else {
        ask(script.read(), caller);
      }
    }

    /// Rows that are made, changed and deleted, and never read.
    private void changedRows(String caller) {
      String unique = UUID.randomUUID().toString();
      long user = id(ask(script.createUser(unique), caller));
      long product = id(ask(script.createProduct(unique), caller));
      if (user < 0 || product < 0) {
        return;
      }
      ask(script.changeUser(user, unique), caller);
      ask(script.changeProduct(product, unique), caller);
      ask(script.delete("products", product), caller);
      ask(script.delete("users", user), caller);
    }

    /// A row that is made, read back wherever the read goes, and never changed.
    private void keptRow(String caller) {
      String unique = UUID.randomUUID().toString();
      long user = id(ask(script.createUser(unique), caller));
      if (user >= 0) {
        ask(new Script.Ask("GET", "/users/" + user, "", 200, unique), caller);
      }
    }

    /// As [Buyer.Wire] has it.
    long outcome(Script.Ask ask, String caller) {
      Connection.Reply reply = ask(ask, caller);
      return reply == null ? -1 : Math.max(0, id(reply));
    }

    /// The answer; null where it was not the expected one, which is counted.
    private Connection.@Nullable Reply ask(Script.Ask ask, String caller) {
      try {
        Connection open = connection;
        if (open == null) {
          open = Connection.open(port);
          connection = open;
        }
        Connection.Reply reply = open.ask(ask, caller);
        if (!open.reusable()) {
          disconnect();
        }
        if (reply.status() == ask.status() && reply.body().contains(ask.within())) {
          count.succeeded();
          return reply;
        }
        count.failed(
            ask.method()
                + " "
                + ask.target()
                + " was answered "
                + reply.status()
                + ": "
                + reply.body());
      } catch (IOException | NumberFormatException broken) {
        count.failed(ask.method() + " " + ask.target() + " failed: " + broken);
        disconnect();
      }
      return null;
    }

    private static long id(Connection.@Nullable Reply reply) {
      if (reply == null) {
        return -1;
      }
      Matcher id = ID.matcher(reply.body());
      return id.find() ? Long.parseLong(id.group(1)) : -1;
    }

    void disconnect() {
      Connection old = connection;
      connection = null;
      if (old != null) {
        try {
          old.close();
        } catch (IOException broken) {
          count.failed("closing a connection failed: " + broken);
        }
      }
    }
  }
}
