package dev.banyan.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.migration.Side;
import dev.banyan.migration.SideEvidence;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class TrafficMeterTest {
  private static final long MILLI = 1_000_000;

  private final TrafficMeter meter = new TrafficMeter();

  @Test
  void countsWritesByThemselvesToo() {
    TrafficMeter meter = new TrafficMeter();
    meter.record("users", 0, Side.CANDIDATE, false, true, false, MILLI);
    meter.record("users", 0, Side.CANDIDATE, true, true, false, MILLI);
    meter.record("users", 0, Side.CANDIDATE, true, false, false, MILLI);

    TrafficMeter.Tick tick = meter.tick("users", 0, Side.CANDIDATE);
    assertThat(tick.requests()).isEqualTo(3);
    assertThat(tick.errors()).isEqualTo(2);
    assertThat(tick.writes()).isEqualTo(2);
    assertThat(tick.writeErrors()).isEqualTo(1);
  }

  @Test
  void countsWhatEachSideDid() {
    for (int i = 1; i <= 100; i++) {
      meter.record("users", 3, Side.LEGACY, false, false, false, i * MILLI);
    }
    meter.record("users", 3, Side.CANDIDATE, false, true, false, MILLI);
    meter.tick("users", 3, Side.LEGACY);

    SideEvidence legacy = meter.total("users", 3, Side.LEGACY);
    assertThat(legacy.requests()).isEqualTo(100);
    assertThat(legacy.errors()).isZero();
    assertThat(legacy.p50()).isBetween(Duration.ofMillis(50), Duration.ofNanos(50_100_000));
    assertThat(legacy.p99()).isBetween(Duration.ofMillis(99), Duration.ofNanos(99_200_000));
    SideEvidence candidate = meter.total("users", 3, Side.CANDIDATE);
    assertThat(candidate).isEqualTo(new SideEvidence(1, 1, Duration.ZERO, Duration.ZERO));
  }

  @Test
  void tellsWhatCameSinceTheLastTick() {
    meter.record("users", 0, Side.CANDIDATE, false, false, false, 5 * MILLI);
    assertThat(meter.tick("users", 0, Side.CANDIDATE).requests()).isEqualTo(1);
    assertThat(meter.tick("users", 0, Side.CANDIDATE)).isEqualTo(TrafficMeter.Tick.NONE);

    meter.record("users", 0, Side.CANDIDATE, false, true, false, 5 * MILLI);
    meter.record("users", 0, Side.CANDIDATE, false, false, false, 700 * MILLI);
    TrafficMeter.Tick tick = meter.tick("users", 0, Side.CANDIDATE);

    assertThat(tick.requests()).isEqualTo(2);
    assertThat(tick.errors()).isEqualTo(1);
    assertThat(tick.latencies().count()).isEqualTo(1);
    assertThat(tick.latencies().slowerThan(Duration.ofMillis(100))).isEqualTo(1);
    assertThat(meter.total("users", 0, Side.CANDIDATE).requests()).isEqualTo(3);
  }

  @Test
  void aRunOfFailedConnectionsEndsWithAnAnswer() {
    for (int i = 0; i < 4; i++) {
      meter.record("users", 0, Side.CANDIDATE, false, true, true, MILLI);
    }
    meter.record("users", 0, Side.CANDIDATE, false, false, false, MILLI);
    meter.record("users", 0, Side.CANDIDATE, false, true, true, MILLI);
    assertThat(meter.tick("users", 0, Side.CANDIDATE).connectFailures()).isEqualTo(4);

    meter.record("users", 0, Side.CANDIDATE, false, true, true, MILLI);
    assertThat(meter.tick("users", 0, Side.CANDIDATE).connectFailures()).isEqualTo(2);
  }

  @Test
  void forgetsAnEpochThatIsOver() {
    meter.record("users", 1, Side.LEGACY, false, false, false, MILLI);
    meter.record("users", 2, Side.LEGACY, false, false, false, MILLI);
    meter.record("users", 1, Side.LEGACY, false, false, false, MILLI);

    assertThat(meter.total("users", 1, Side.LEGACY)).isEqualTo(SideEvidence.NONE);
    assertThat(meter.total("users", 2, Side.LEGACY).requests()).isEqualTo(1);
    assertThat(meter.total("users", 3, Side.LEGACY)).isEqualTo(SideEvidence.NONE);
  }

  @Test
  void keepsNothingOfFamiliesThatAreGone() {
    meter.record("users", 1, Side.LEGACY, false, false, false, MILLI);
    meter.record("orders", 1, Side.LEGACY, false, false, false, MILLI);
    meter.retain(List.of("orders"));

    assertThat(meter.total("users", 1, Side.LEGACY)).isEqualTo(SideEvidence.NONE);
    assertThat(meter.total("orders", 1, Side.LEGACY).requests()).isEqualTo(1);
  }

  @Test
  void clampsTimesThatNoHistogramHolds() {
    meter.record("users", 0, Side.LEGACY, false, false, false, -5);
    meter.record("users", 0, Side.LEGACY, false, false, false, Long.MAX_VALUE);

    assertThat(meter.tick("users", 0, Side.LEGACY).latencies().count()).isEqualTo(2);
  }

  @Test
  void losesNothingWhenManyThreadsRecordWhileAnotherReads() throws InterruptedException {
    int threads = 4;
    int each = 50_000;
    CountDownLatch done = new CountDownLatch(threads);
    for (int t = 0; t < threads; t++) {
      Thread.ofPlatform()
          .start(() -> {
            for (int i = 0; i < each; i++) {
              meter.record("users", 1, Side.CANDIDATE, false, i % 10 == 0, false, MILLI);
            }
            done.countDown();
          });
    }
    long requests = 0;
    long errors = 0;
    long answers = 0;
    boolean last;
    do {
      last = done.getCount() == 0;
      TrafficMeter.Tick tick = meter.tick("users", 1, Side.CANDIDATE);
      requests += tick.requests();
      errors += tick.errors();
      answers += tick.latencies().count();
    } while (!last);

    assertThat(requests).isEqualTo((long) threads * each);
    assertThat(errors).isEqualTo((long) threads * each / 10);
    assertThat(answers).isEqualTo(requests - errors);
    assertThat(meter.total("users", 1, Side.CANDIDATE).requests()).isEqualTo(requests);
  }

  @Test
  void recordsWithoutAllocating() throws InterruptedException {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    AtomicBoolean small = new AtomicBoolean();
    Thread recording =
        Thread.ofPlatform()
            .start(() -> {
              recordMany();
              long before = threads.getCurrentThreadAllocatedBytes();
              recordMany();
              long allocated = threads.getCurrentThreadAllocatedBytes() - before;
              // 20,000 records: less than a byte each is none.
              small.set(allocated < 20_000);
            });
    recording.join();

    assertThat(small).isTrue();
  }

  private void recordMany() {
    for (int i = 0; i < 20_000; i++) {
      meter.record("users", 1, Side.LEGACY, false, (i & 63) == 0, (i & 127) == 0, i * 1_000L);
    }
  }
}
