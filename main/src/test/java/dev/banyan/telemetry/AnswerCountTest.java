package dev.banyan.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.statistics.Answers;
import dev.banyan.statistics.Latencies;
import java.util.concurrent.atomic.AtomicBoolean;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class AnswerCountTest {
  private static final int LOOKS = 200_000;
  private static final int ANSWERED_BEFORE = 1_000;

  private final AnswerCount count = new AnswerCount();
  private final Histogram all = Latencies.empty();

  @Test
  void noLookFindsMoreErrorsThanRequestsWhileTheyEnd() throws InterruptedException {
    for (int i = 0; i < ANSWERED_BEFORE; i++) {
      count.record(false, 1_000);
    }
    AtomicBoolean over = new AtomicBoolean();
    Thread loop =
        Thread.ofPlatform()
            .start(() -> {
              while (!over.get()) {
                count.record(true, 1_000);
              }
            });
    Answers sum = Answers.NONE;
    try {
      for (int i = 0; i < LOOKS; i++) {
        Answers tick = count.tick(all);
        if (tick.errors() > tick.requests()) {
          assertThat(tick.errors()).as("errors of a look").isLessThanOrEqualTo(tick.requests());
        }
        sum = sum.plus(tick);
      }
    } finally {
      over.set(true);
      loop.join();
    }
    sum = sum.plus(count.tick(all));
    assertThat(sum.requests()).isPositive().isEqualTo(count.requests());
    assertThat(sum.errors()).isEqualTo(count.errors());
  }
}
