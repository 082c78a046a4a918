package dev.banyan.demo.traffic;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// What clients were told became of their orders, and how long they waited to be told. Safe for
/// many threads.
///
/// It knows nothing of databases or of Banyan: whoever reads an owner's rows asks it what is
/// missing from them.
public final class Receipts {
  private static final int KEPT_WAITS = 200_000;

  private final Map<Long, Receipt> last = new ConcurrentHashMap<>();
  private final List<Wait> waits = new ArrayList<>();
  private final AtomicLong acknowledged = new AtomicLong();

  /// What the last answer about an order said.
  private sealed interface Receipt {}

  /// It is there, and so it is.
  private record Standing(Order order) implements Receipt {}

  /// It was deleted.
  private record Gone() implements Receipt {}

  /// A write was sent, and no answer has come yet, or none came at all: either state is right.
  private record Sent() implements Receipt {}

  /// An order as far as clients decide what it is, and as an owner's row must have it.
  public record Order(int quantity, String status, @Nullable String note) {}

  /// One write's wait for its answer, by the monotonic clock.
  private record Wait(long from, long until) {}

  /// A write to an order is about to be sent.
  void sent(long id) {
    last.put(id, new Sent());
  }

  void stands(long id, Order order) {
    acknowledged.incrementAndGet();
    last.put(id, new Standing(order));
  }

  void gone(long id) {
    acknowledged.incrementAndGet();
    last.put(id, new Gone());
  }

  /// A write to an order was answered.
  void waited(long from, long until) {
    synchronized (waits) {
      if (waits.size() < KEPT_WAITS) {
        waits.add(new Wait(from, until));
      }
    }
  }

  /// How many writes to orders were acknowledged.
  public long acknowledged() {
    return acknowledged.get();
  }

  /// What to compare an owner's rows with. It is taken before they are read.
  public Snapshot snapshot() {
    return new Snapshot(new TreeMap<>(last));
  }

  /// In milliseconds, how long each write waited that was under way within a span of
  /// [System#nanoTime].
  public List<Double> waits(long from, long until) {
    synchronized (waits) {
      return waits.stream()
          .filter(each -> each.until() - from > 0 && until - each.from() > 0)
          .map(each -> (each.until() - each.from()) / 1e6)
          .toList();
    }
  }

  /// What clients had been told at one moment.
  public final class Snapshot {
    private final Map<Long, Receipt> then;

    private Snapshot(Map<Long, Receipt> then) {
      this.then = then;
    }

    /// Orders that clients have been told are there.
    public long standing() {
      return then.values().stream().filter(Standing.class::isInstance).count();
    }

    /// What clients were told and the owner's rows do not bear out, for people. What has changed
    /// since the snapshot is left out.
    public List<String> contradictions(Map<Long, Order> rows) {
      List<String> found = new ArrayList<>();
      then.forEach((id, receipt) -> {
        Order row = rows.get(id);
        String wrong =
            switch (receipt) {
              case Standing told when row == null ->
                  "is not there, and clients were told " + told.order();
              case Standing told when !told.order().equals(row) ->
                  "is " + row + ", and clients were told " + told.order();
              case Gone _ when row != null -> "is there, and clients were told it was deleted";
              case Standing _, Gone _, Sent _ -> "";
            };
        if (!wrong.isEmpty() && receipt.equals(last.get(id))) {
          found.add("order " + id + " " + wrong);
        }
      });
      return found;
    }
  }
}
