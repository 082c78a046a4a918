package dev.banyan.store.postgres;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;

/// Measures how long a decision takes from the call that writes it until it is in force on the
/// other replicas, and until all have acknowledged it: the numbers of decision 0014.
final class WriteToApplied {
  private static final int WARM = 200;
  private static final int MEASURED = 1_000;
  private static final int REPLICAS = 3;

  private WriteToApplied() {}

  public static void main(String[] arguments) throws Exception {
    Server server = new Server();
    server.start();
    try {
      List<LiveReplica> replicas = new ArrayList<>();
      for (int i = 0; i < REPLICAS; i++) {
        replicas.add(new LiveReplica(server.options("measured", "replica-" + i)).start());
      }
      LockSupport.parkNanos(Duration.ofSeconds(4).toNanos());
      List<Long> written = new ArrayList<>();
      List<Long> applied = new ArrayList<>();
      List<Long> acknowledged = new ArrayList<>();
      for (long epoch = 1; epoch <= WARM + MEASURED; epoch++) {
        long from = System.nanoTime();
        replicas.getFirst().move("users", null);
        long wrote = System.nanoTime();
        replicas.getFirst().life.await(epoch, Duration.ofSeconds(5));
        long known = System.nanoTime();
        if (epoch > WARM) {
          written.add(wrote - from);
          acknowledged.add(known - from);
          for (LiveReplica each : replicas) {
            applied.add(Objects.requireNonNull(each.appliedAt.get(epoch)) - from);
          }
        }
        LockSupport.parkNanos(Duration.ofMillis(3).toNanos());
      }
      print("written", written);
      print("in force on each", applied);
      print("acknowledged by all", acknowledged);
      replicas.forEach(LiveReplica::close);
    } finally {
      server.stop();
    }
  }

  private static void print(String what, List<Long> nanos) {
    Collections.sort(nanos);
    System.out.printf(
        Locale.ROOT,
        "%-20s p50 %.1f ms  p99 %.1f ms  p99.9 %.1f ms  most %.1f ms%n",
        what,
        at(nanos, 0.5),
        at(nanos, 0.99),
        at(nanos, 0.999),
        at(nanos, 1));
  }

  private static double at(List<Long> sorted, double share) {
    return sorted.get((int) Math.min(sorted.size() - 1, (long) (share * sorted.size()))) / 1e6;
  }
}
