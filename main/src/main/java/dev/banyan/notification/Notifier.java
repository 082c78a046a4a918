package dev.banyan.notification;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.DoubleSupplier;

/// Tells every target what it wants to hear, and never keeps the caller waiting.
///
/// Any thread may call.
public final class Notifier implements AutoCloseable {
  private final Ports ports;
  private final Webhook webhook;

  // Replaced as a whole, under this.
  private volatile List<Delivery> deliveries = List.of();

  public Notifier(Ports ports) {
    this(ports, Webhook.WHOLE);
  }

  Notifier(Ports ports, Duration whole) {
    this.ports = ports;
    this.webhook = new Webhook(ports.executor(), ports.clock(), whole);
  }

  /// All that is needed from outside.
  ///
  /// @param executor gives each piece of work a thread of its own, which may wait for long
  /// @param clock for signatures, whose receivers refuse what is old
  /// @param luck from 0 to 1, to spread what is tried again
  public record Ports(Executor executor, InstantSource clock, Pause pause, DoubleSupplier luck) {}

  /// What became of one target's notifications since the program began.
  ///
  /// @param failed given up: refused, or tried too often
  /// @param dropped the oldest ones, when too many waited
  /// @param waiting in line now, without the one that is being sent
  public record Counts(String target, long sent, long failed, long dropped, long waiting) {}

  /// What a target answered to a try.
  public record Tried(String target, Target.Format format, Answer answer) {}

  /// Tells these from now on, and nobody else. Those that stay keep what is in line for them.
  public synchronized void adopt(List<Target> targets) {
    List<Delivery> before = new ArrayList<>(deliveries);
    List<Delivery> next = new ArrayList<>();
    for (Target target : targets) {
      Delivery kept =
          before.stream().filter(each -> each.target().equals(target)).findFirst().orElse(null);
      before.remove(kept);
      next.add(kept == null ? new Delivery(target, webhook, ports) : kept);
    }
    deliveries = List.copyOf(next);
    before.forEach(Delivery::close);
  }

  /// Puts it in line wherever it is wanted.
  public void tell(Notification notification) {
    for (Delivery delivery : deliveries) {
      if (delivery.target().wants(notification)) {
        delivery.add(notification);
      }
    }
  }

  /// Sends a test to every target, whatever it wants to hear, once, and waits for the answers: for
  /// as long as one try may take.
  public List<Tried> test(String id) {
    Notification test =
        new Notification(
            id,
            Topic.ALARM,
            "banyan.test",
            ports.clock().instant(),
            null,
            "This is a test of Banyan's notifications; nothing has happened.",
            Map.of());
    List<CompletableFuture<Tried>> tries =
        deliveries.stream()
            .map(Delivery::target)
            .map(target ->
                CompletableFuture.supplyAsync(() -> tried(target, test), ports.executor()))
            .toList();
    return tries.stream().map(CompletableFuture::join).toList();
  }

  private Tried tried(Target target, Notification test) {
    try {
      return new Tried(target.name(), target.format(), webhook.send(target, test));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("the program is being stopped", e);
    }
  }

  /// One for each target, in the order of the configuration.
  public List<Counts> counts() {
    return deliveries.stream().map(Delivery::counts).toList();
  }

  /// Sends no more. What is being sent is given up.
  @Override
  public void close() {
    adopt(List.of());
    webhook.close();
  }
}
