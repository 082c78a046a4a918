package dev.banyan.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.migration.Phase;
import dev.banyan.proxy.Capture;
import dev.banyan.proxy.Tee;
import dev.banyan.routing.Decision;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LoopPulseTest {
  private static final Duration BUSY = Duration.ofMillis(400);

  /// Keeps an event loop busy for as long as it is asked for a capture.
  private static final class Busy implements Tee {
    final AtomicInteger ticks = new AtomicInteger();
    final AtomicLong worst = new AtomicLong();

    @Override
    public @Nullable Capture begin(Decision decision, String requestId) {
      long until = System.nanoTime() + BUSY.toNanos();
      while (System.nanoTime() < until) {
        LockSupport.parkNanos(until - System.nanoTime());
      }
      return null;
    }

    @Override
    public void late(long late, long now) {
      ticks.incrementAndGet();
      worst.accumulateAndGet(late, Math::max);
      if (ticks.get() == 2) {
        throw new IllegalStateException("broken");
      }
    }
  }

  @Test
  void tellsHowLateALoopIsThatWasBusyAndGoesOnWhenNobodyCanHear() throws Exception {
    Busy busy = new Busy();
    try (Backend legacy = Backend.echoing("legacy");
        Rig rig = Rig.of(legacy, legacy).in(new Phase.Shadow()).tee(busy).start();
        Client client = rig.client()) {
      Rig.until(() -> busy.ticks.get() > 3);
      assertThat(client.get("/f/x").answer()).isEqualTo("200 legacy /f/x");
      long least = BUSY.minus(LoopPulse.PERIOD).toNanos();
      Rig.until(() -> busy.worst.get() >= least);
    }
    int ticks = busy.ticks.get();
    Thread.sleep(3 * LoopPulse.PERIOD.toMillis());
    assertThat(busy.ticks).as("ticks of a gateway that is closed").hasValue(ticks);
  }
}
