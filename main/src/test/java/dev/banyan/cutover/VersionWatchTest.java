package dev.banyan.cutover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.cutover.VersionWatch.Deploy;
import dev.banyan.cutover.VersionWatch.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class VersionWatchTest {
  private final VersionWatch watch = new VersionWatch();
  private final List<String> told = new ArrayList<>();

  /// Shortly before the clock wraps around.
  private long now = Long.MAX_VALUE - Duration.ofSeconds(15).toNanos();

  private void pass(int seconds) {
    for (int i = 0; i < seconds; i++) {
      now += Duration.ofSeconds(1).toNanos();
      watch.look(now).forEach(this::tell);
    }
  }

  private void seen(String... versions) {
    for (String version : versions) {
      watch.seen("users", version, now).ifPresent(this::tell);
    }
  }

  private void tell(Deploy deploy) {
    assertThat(deploy.service()).isEqualTo("users");
    told.add(deploy.stage() + " " + deploy.version());
  }

  @Test
  void theFirstVersionIsNoDeploy() {
    seen("1", "1");
    pass(1);
    seen("1");
    assertThat(told).containsExactly("FIRST 1");
  }

  @Test
  void aRollingDeployIsToldWhenItBeginsAndWhenOneVersionIsLeft() {
    seen("1");
    for (int i = 0; i < 30; i++) {
      pass(1);
      seen("1", "2", "1", "2");
    }
    assertThat(told).containsExactly("FIRST 1", "BEGUN 2");
    assertThat(watch.versions("users")).containsExactlyInAnyOrder("1", "2");
    for (int i = 0; i < 30; i++) {
      pass(1);
      seen("2");
    }
    assertThat(told).containsExactly("FIRST 1", "BEGUN 2", "ENDED 2");
  }

  @Test
  void aDeployTakenBackHalfWayIsTold() {
    seen("1", "2");
    for (int i = 0; i < 12; i++) {
      pass(1);
      seen("1");
    }
    assertThat(told).containsExactly("FIRST 1", "BEGUN 2", "ENDED 1");
    seen("2");
    assertThat(told).endsWith("BEGUN 2");
  }

  @Test
  void theOnlyVersionIsThereHoweverSeldomItIsAsked() {
    seen("1");
    pass(3_600);
    seen("1");
    pass(3_600);
    assertThat(told).containsExactly("FIRST 1");
    seen("2");
    pass(60);
    assertThat(told).containsExactly("FIRST 1", "BEGUN 2");
    assertThat(watch.versions("users")).containsExactly("2");
  }

  @Test
  void whatChangesWithEachAnswerIsToldOnceAndThenNotLookedAt() {
    for (int i = 0; i < 1_000; i++) {
      seen("request-" + i);
    }
    assertThat(told).hasSize(9).last().isEqualTo("TOO_MANY request-8");
    assertThat(watch.versions("users")).hasSize(VersionWatch.MOST);

    told.clear();
    pass(5);
    seen("request-x");
    pass(5);
    assertThat(told).isEmpty();
  }

  @Test
  void servicesAreApartAndThoseThatAreGoneAreForgotten() {
    seen("1");
    assertThat(watch.seen("orders", "2", now)).contains(new Deploy("orders", "2", Stage.FIRST));
    watch.retain(List.of("orders"));
    assertThat(watch.versions("users")).isEmpty();
    assertThat(watch.versions("orders")).containsExactly("2");
  }
}
