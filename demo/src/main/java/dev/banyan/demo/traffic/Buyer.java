package dev.banyan.demo.traffic;

import java.util.UUID;
import java.util.random.RandomGenerator;

/// Someone who orders, again and again, and keeps the receipts. Used by one thread.
final class Buyer {
  private static final int QUANTITIES = 4;

  private final RandomGenerator random;
  private final Script script;
  private final Receipts receipts;
  private final Wire wire;

  /// How a buyer asks the shop.
  interface Wire {
    /// @return the new order's id, any number where nothing new is made, or -1 where the answer was
    ///   not the expected one
    long ask(Script.Ask ask);
  }

  Buyer(RandomGenerator random, Receipts receipts, Wire wire) {
    this.random = random;
    this.script = new Script(random);
    this.receipts = receipts;
    this.wire = wire;
  }

  /// Orders, and may change the order, cancel it, or delete it.
  void buy() {
    String note = UUID.randomUUID().toString();
    int quantity = 1 + random.nextInt(QUANTITIES);
    long id = timed(script.createOrder(quantity, note));
    if (id < 0) {
      return;
    }
    receipts.stands(id, new Receipts.Order(quantity, "placed", note));
    switch (random.nextInt(6)) {
      case 0 ->
          change(
              id,
              script.changeOrder(id, "Ring twice"),
              new Receipts.Order(quantity, "placed", "Ring twice"));
      case 1 -> change(id, script.cancelOrder(id), new Receipts.Order(quantity, "cancelled", note));
      case 2 -> {
        receipts.sent(id);
        if (timed(script.delete("orders", id)) >= 0) {
          receipts.gone(id);
        }
      }
      case 3 -> wire.ask(Script.orderWith(id, note));
      default -> {}
    }
  }

  private void change(long id, Script.Ask ask, Receipts.Order then) {
    receipts.sent(id);
    if (timed(ask) >= 0) {
      receipts.stands(id, then);
    }
  }

  private long timed(Script.Ask ask) {
    long from = System.nanoTime();
    long answer = wire.ask(ask);
    receipts.waited(from, System.nanoTime());
    return answer;
  }
}
