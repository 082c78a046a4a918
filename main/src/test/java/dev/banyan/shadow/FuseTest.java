package dev.banyan.shadow;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FuseTest {
  private final Fuse fuse = new Fuse();
  private long now = Long.MAX_VALUE - 5; // such clocks may overflow at any time

  private void end(int legs, boolean failed) {
    for (int i = 0; i < legs; i++) {
      fuse.ended(failed, now);
    }
  }

  private boolean admits() {
    return fuse.admits(() -> now);
  }

  private void blow() {
    end(Fuse.BLOWS_AT, true);
    assertThat(admits()).isFalse();
  }

  /// Legs that go out in this time, if one is asked for each millisecond.
  private long admittedIn(Duration time, boolean failing) {
    return IntStream.range(0, (int) time.toMillis())
        .filter(_ -> {
          now += 1_000_000;
          boolean goes = admits();
          if (goes) {
            fuse.ended(failing, now);
          }
          return goes;
        })
        .count();
  }

  @Test
  void admitsEverythingWhileLessThanHalfFails() {
    Random random = new Random(3);
    for (int i = 0; i < 10_000; i++) {
      fuse.ended(random.nextInt(100) < 20, now);
      assertThat(admits()).isTrue();
    }
    for (int i = 0; i < 10_000; i++) {
      fuse.ended(i % 64 >= 33, now);
      assertThat(admits()).isTrue();
    }
  }

  @Test
  void saysWhetherTheNewestLegFailed() {
    blow();
    assertThat(fuse.fails()).isTrue();
    end(1, false);
    assertThat(fuse.fails()).isFalse();
    assertThat(admits()).as("one that did not fail is not enough").isFalse();
  }

  @Test
  void aReplacedServiceIsAskedInFull() {
    blow();
    fuse.replace();
    assertThat(admits()).isTrue();
    assertThat(fuse.fails()).isFalse();
    end(Fuse.BLOWS_AT - 1, true);
    assertThat(admits()).isTrue();
  }

  @Test
  void blowsWhenHalfOfTheLastLegsFailed() {
    end(1_000, false);
    end(Fuse.BLOWS_AT - 1, true);
    assertThat(admits()).isTrue();
    end(1, true);
    assertThat(admits()).isFalse();
  }

  @Test
  void letsTenASecondThroughWhileTheServiceFails() {
    blow();
    assertThat(admittedIn(Duration.ofSeconds(60), true)).isEqualTo(600);
  }

  @Test
  void letsOneThroughAfterALongSilenceAndNotWhatCouldHaveGoneMeanwhile() {
    blow();
    now += Duration.ofDays(30).toNanos();
    assertThat(admits()).isTrue();
    assertThat(admits()).isFalse();
  }

  @Test
  void admitsEverythingAgainOnceTenInARowAreWell() {
    blow();
    assertThat(admittedIn(Duration.ofMillis(900), false)).isEqualTo(9);
    end(1, true);
    assertThat(admittedIn(Duration.ofMillis(900), false)).isEqualTo(9);
    assertThat(admits()).isFalse();
    assertThat(admittedIn(Duration.ofMillis(100), false)).isEqualTo(1);
    end(Fuse.BLOWS_AT - 1, true);
    assertThat(admits()).as("what was before is forgotten").isTrue();
    end(1, true);
    assertThat(admits()).isFalse();
  }
}
