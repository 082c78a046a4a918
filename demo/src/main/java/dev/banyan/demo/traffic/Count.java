package dev.banyan.demo.traffic;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;

/// What became of all requests. Safe for many threads.
public final class Count {
  private static final int KEPT = 20;

  private final LongAdder total = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final List<String> failures = new ArrayList<>();
  private final long start = System.nanoTime();

  void succeeded() {
    total.increment();
  }

  /// @param what the request and what came instead of the answer
  void failed(String what) {
    total.increment();
    failed.increment();
    synchronized (failures) {
      if (failures.size() < KEPT) {
        failures.add(
            String.format(
                Locale.ROOT, "%s (after %.1f s)", what, (System.nanoTime() - start) / 1e9));
      }
    }
  }

  public long total() {
    return total.sum();
  }

  public long failed() {
    return failed.sum();
  }

  /// The first failures, for people.
  public List<String> failures() {
    synchronized (failures) {
      return List.copyOf(failures);
    }
  }
}
