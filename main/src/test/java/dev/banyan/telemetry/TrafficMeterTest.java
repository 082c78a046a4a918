package dev.banyan.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.migration.Side;
import dev.banyan.migration.SideEvidence;
import dev.banyan.statistics.Answers;
import dev.banyan.statistics.Legs;
import dev.banyan.statistics.Pairs;
import dev.banyan.statistics.SideTick;
import dev.banyan.statistics.Sightings;
import dev.banyan.statistics.TrafficTick;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
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

    SideTick tick = meter.tick("users", 0).candidate();
    assertThat(tick.requests()).isEqualTo(3);
    assertThat(tick.errors()).isEqualTo(2);
    assertThat(tick.reads().requests()).isEqualTo(1);
    assertThat(tick.reads().errors()).isEqualTo(1);
    assertThat(tick.reads().latencies().count()).isZero();
    assertThat(tick.writes().requests()).isEqualTo(2);
    assertThat(tick.writes().errors()).isEqualTo(1);
    assertThat(tick.writes().latencies().count()).isEqualTo(1);
  }

  @Test
  void countsWhatEachSideDid() {
    for (int i = 1; i <= 100; i++) {
      meter.record("users", 3, Side.LEGACY, false, false, false, i * MILLI);
    }
    meter.record("users", 3, Side.CANDIDATE, false, true, false, MILLI);
    meter.tick("users", 3);

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
    assertThat(meter.tick("users", 0).candidate().requests()).isEqualTo(1);
    assertThat(meter.tick("users", 0)).isEqualTo(TrafficTick.NONE);

    meter.record("users", 0, Side.CANDIDATE, false, true, false, 5 * MILLI);
    meter.record("users", 0, Side.CANDIDATE, false, false, false, 700 * MILLI);
    SideTick tick = meter.tick("users", 0).candidate();

    assertThat(tick.requests()).isEqualTo(2);
    assertThat(tick.errors()).isEqualTo(1);
    assertThat(tick.reads().latencies().count()).isEqualTo(1);
    assertThat(tick.reads().latencies().slowerThan(Duration.ofMillis(100))).isEqualTo(1);
    assertThat(meter.total("users", 0, Side.CANDIDATE).requests()).isEqualTo(3);
  }

  @Test
  void tellsWhatIsUnderWayBeforeAnythingHasEnded() {
    meter.sent("users", 1, Side.CANDIDATE);
    meter.sent("users", 1, Side.CANDIDATE);
    meter.heard("users", 1, Side.CANDIDATE);
    assertThat(meter.tick("users", 1).candidate())
        .isEqualTo(new SideTick(Answers.NONE, Answers.NONE, 0, new Legs(2, 1)));
    assertThat(meter.tick("users", 1)).isEqualTo(TrafficTick.NONE);

    meter.sent("users", 0, Side.CANDIDATE);
    meter.record("users", 1, Side.CANDIDATE, false, false, false, MILLI);
    meter.heard("users", 1, Side.CANDIDATE);
    assertThat(meter.tick("users", 1).candidate().legs()).isEqualTo(new Legs(0, 1));
  }

  @Test
  void aRunOfFailedConnectionsEndsWithAnAnswer() {
    for (int i = 0; i < 4; i++) {
      meter.record("users", 0, Side.CANDIDATE, false, true, true, MILLI);
    }
    meter.record("users", 0, Side.CANDIDATE, false, false, false, MILLI);
    meter.record("users", 0, Side.CANDIDATE, false, true, true, MILLI);
    assertThat(meter.tick("users", 0).candidate().connectFailures()).isEqualTo(4);

    meter.record("users", 0, Side.CANDIDATE, false, true, true, MILLI);
    assertThat(meter.tick("users", 0).candidate().connectFailures()).isEqualTo(2);
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

    assertThat(meter.tick("users", 0).legacy().reads().latencies().count()).isEqualTo(2);
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
      SideTick tick = meter.tick("users", 1).candidate();
      requests += tick.requests();
      errors += tick.errors();
      answers += tick.reads().latencies().count();
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
      meter.routed("users", 1, Side.LEGACY, i);
      meter.ended("users", 1, Side.LEGACY, i, (i & 63) == 0, i * 1_000L);
    }
  }

  @Test
  void handsOverWhatWasSeenOfUnitsInItsOrderAndOnce() {
    meter.routed("users", 2, Side.CANDIDATE, -7);
    meter.ended("users", 2, Side.CANDIDATE, -7, true, 3 * MILLI);
    meter.routed("users", 2, Side.LEGACY, 0);
    meter.ended("users", 2, Side.LEGACY, 0, false, 5 * MILLI);

    assertThat(seen(meter.tick("users", 2).units()))
        .containsExactly(
            "-7 to candidate",
            "-7 failed on candidate after 3000",
            "0 to legacy",
            "0 answered by legacy after 5000");
    assertThat(meter.tick("users", 2)).isEqualTo(TrafficTick.NONE);
  }

  @Test
  void forgetsSightingsOfAnEpochThatIsOver() {
    meter.routed("users", 2, Side.CANDIDATE, 1);
    meter.routed("users", 3, Side.CANDIDATE, 2);
    meter.ended("users", 2, Side.CANDIDATE, 1, true, MILLI);

    assertThat(meter.tick("users", 2).units().size()).isZero();
    assertThat(seen(meter.tick("users", 3).units())).containsExactly("2 to candidate");
  }

  @Test
  void countsSightingsThatFindNoRoom() {
    for (int i = 0; i < SightingLog.CAPACITY + 10; i++) {
      meter.routed("users", 1, Side.LEGACY, i);
    }
    Sightings full = meter.tick("users", 1).units();
    assertThat(full.size()).isEqualTo(SightingLog.CAPACITY);
    assertThat(full.lost()).isEqualTo(10);

    meter.routed("users", 1, Side.LEGACY, 1);
    Sightings after = meter.tick("users", 1).units();
    assertThat(after.size()).isEqualTo(1);
    assertThat(after.lost()).isZero();
  }

  @Test
  void losesNoSightingUncountedAndMixesNoneWhileManyThreadsAdd() throws InterruptedException {
    int threads = 4;
    int each = 100_000;
    CountDownLatch done = new CountDownLatch(threads);
    for (int t = 0; t < threads; t++) {
      long thread = t;
      Thread.ofPlatform()
          .start(() -> {
            for (long i = 1; i <= each; i++) {
              // The unit says what belongs to it.
              meter.ended("users", 1, Side.CANDIDATE, thread << 32 | i, false, i * 1_000);
            }
            done.countDown();
          });
    }
    long[] last = new long[threads];
    long[] counts = new long[2];
    boolean over;
    do {
      over = done.getCount() == 0;
      Sightings units = meter.tick("users", 1).units();
      counts[0] += units.size();
      counts[1] += units.lost();
      units.forEach(
          new Sightings.Visitor() {
            @Override
            public void routed(long unit, boolean candidate) {
              throw new AssertionError("nothing was routed");
            }

            @Override
            public void ended(long unit, boolean candidate, boolean failed, long micros) {
              int of = (int) (unit >>> 32);
              assertThat(unit & 0xffff_ffffL).isEqualTo(micros).isGreaterThan(last[of]);
              last[of] = micros;
            }
          });
    } while (!over);

    assertThat(counts[0] + counts[1]).isEqualTo((long) threads * each);
  }

  @Test
  void countsBothSidesOfAPair() {
    meter.pair("users", 1, false, 4 * MILLI, true, 0);
    meter.pair("users", 1, false, 6 * MILLI, false, 2 * MILLI);
    meter.pair("users", 0, true, 0, true, 0);

    Pairs pairs = meter.tick("users", 1).pairs();
    assertThat(pairs.legacy().requests()).isEqualTo(2);
    assertThat(pairs.legacy().errors()).isZero();
    assertThat(pairs.legacy().latencies().slowerThan(Duration.ofMillis(5))).isEqualTo(1);
    assertThat(pairs.candidate().requests()).isEqualTo(2);
    assertThat(pairs.candidate().errors()).isEqualTo(1);
    assertThat(pairs.candidate().latencies().count()).isEqualTo(1);
    assertThat(meter.tick("users", 1).pairs()).isEqualTo(Pairs.NONE);

    meter.pair("users", 1, false, MILLI, false, MILLI);
    assertThat(meter.tick("users", 1).pairs().legacy().latencies().count()).isEqualTo(1);
  }

  private static List<String> seen(Sightings sightings) {
    List<String> seen = new ArrayList<>();
    sightings.forEach(
        new Sightings.Visitor() {
          @Override
          public void routed(long unit, boolean candidate) {
            seen.add(unit + " to " + side(candidate));
          }

          @Override
          public void ended(long unit, boolean candidate, boolean failed, long micros) {
            String how = failed ? " failed on " : " answered by ";
            seen.add(unit + how + side(candidate) + " after " + micros);
          }

          private String side(boolean candidate) {
            return candidate ? "candidate" : "legacy";
          }
        });
    return seen;
  }
}
