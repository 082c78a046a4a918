package dev.banyan.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.cutover.VersionWatch;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class DeploysTest {
  private final Deque<Runnable> waiting = new ArrayDeque<>();
  private final List<VersionWatch.Deploy> told = new ArrayList<>();
  private long now;

  @Test
  void tellsOfDeploysElsewhereThanWhereVersionsAreSeen() {
    Deploys deploys = new Deploys(new VersionWatch(), () -> now, waiting::add, told::add);
    deploys.seen("users", "1");
    deploys.seen("users", "2");
    assertThat(told).isEmpty();
    while (!waiting.isEmpty()) {
      waiting.poll().run();
    }
    now += Duration.ofSeconds(5).toNanos();
    deploys.seen("users", "2");
    waiting.remove().run();
    now += Duration.ofSeconds(5).toNanos();
    deploys.run();
    assertThat(told)
        .extracting(VersionWatch.Deploy::stage)
        .containsExactly(
            VersionWatch.Stage.FIRST, VersionWatch.Stage.BEGUN, VersionWatch.Stage.ENDED);
  }

  @Test
  void aVersionSeenWhileTheProgramIsBeingStoppedIsNoFailure() {
    Deploys deploys =
        new Deploys(
            new VersionWatch(),
            () -> now,
            _ -> {
              throw new RejectedExecutionException("stopped");
            },
            told::add);
    deploys.seen("users", "1");
    assertThat(told).isEmpty();
  }
}
