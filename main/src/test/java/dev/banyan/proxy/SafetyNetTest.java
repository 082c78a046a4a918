package dev.banyan.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SafetyNetTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final SafetyNet net = new SafetyNet(new SafetyNet.Options(2, 3, Duration.ofSeconds(1)));

  private void failThrice(long now) {
    for (int i = 0; i < 3; i++) {
      assertThat(net.enter(now)).isTrue();
      net.leave(false, now);
    }
  }

  @Test
  void holdsNoMoreThanItsCap() {
    assertThat(net.enter(0)).isTrue();
    assertThat(net.enter(0)).isTrue();
    assertThat(net.enter(0)).isFalse();
    net.withdraw();
    assertThat(net.enter(0)).isTrue();
    assertThat(net.underWay()).isEqualTo(2);
  }

  @Test
  void opensAfterFailuresInARowAndLetsOneThroughAfterEachPause() {
    failThrice(100);
    assertThat(net.enter(100 + SECOND - 1)).isFalse();
    assertThat(net.enter(100 + SECOND)).isTrue();
    assertThat(net.enter(100 + SECOND)).isFalse();
    net.leave(false, 100 + SECOND);
    assertThat(net.enter(100 + SECOND + 1)).isFalse();
    assertThat(net.enter(100 + 2 * SECOND)).isTrue();
  }

  @Test
  void closesAgainWhenTheLegacyIsWell() {
    failThrice(100);
    assertThat(net.enter(100 + SECOND)).isTrue();
    net.leave(true, 100 + SECOND);
    assertThat(net.enter(100 + SECOND)).isTrue();
    assertThat(net.enter(100 + SECOND)).isTrue();
  }

  @Test
  void forgetsFailuresThatAreNotInARow() {
    for (int i = 0; i < 10; i++) {
      assertThat(net.enter(0)).isTrue();
      net.leave(i % 3 == 2, 0);
    }
    assertThat(net.enter(0)).isTrue();
  }
}
