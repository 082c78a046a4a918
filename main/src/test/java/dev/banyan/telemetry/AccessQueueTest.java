package dev.banyan.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

class AccessQueueTest {
  static AccessLine line(String id, long epoch) {
    return new AccessLine(
        Instant.EPOCH,
        id,
        null,
        "GET",
        "/",
        null,
        null,
        null,
        epoch,
        "answered",
        200,
        0,
        0,
        0,
        0,
        0,
        false,
        0,
        null);
  }

  @Test
  void aFullQueueDropsAndCountsTheNewestAndGoesOnOnceThereIsRoom() {
    AccessQueue queue = new AccessQueue(2);

    assertThat(queue.offer(line("a", 0))).isTrue();
    assertThat(queue.offer(line("b", 0))).isTrue();
    assertThat(queue.offer(line("c", 0))).isFalse();
    assertThat(queue.dropped()).isOne();
    assertThat(queue.poll()).extracting(AccessLine::id).isEqualTo("a");
    assertThat(queue.offer(line("d", 0))).isTrue();
    assertThat(queue.poll()).extracting(AccessLine::id).isEqualTo("b");
    assertThat(queue.poll()).extracting(AccessLine::id).isEqualTo("d");
    assertThat(queue.poll()).isNull();
    assertThat(queue.dropped()).isOne();
  }

  @Test
  void manyWritersLoseNothingThatIsNotCountedAndEachKeepsItsOrder() throws InterruptedException {
    int each = 50_000;
    AccessQueue queue = new AccessQueue(64);
    LongAdder refused = new LongAdder();
    List<Thread> writers = new ArrayList<>();
    for (String name : List.of("a", "b", "c")) {
      writers.add(
          Thread.ofPlatform()
              .start(() -> {
                for (int i = 1; i <= each; i++) {
                  if (!queue.offer(line(name, i))) {
                    refused.increment();
                  }
                }
              }));
    }

    Map<String, Long> latest = new HashMap<>();
    long read = 0;
    while (true) {
      boolean over = writers.stream().noneMatch(Thread::isAlive);
      AccessLine line = queue.poll();
      if (line != null) {
        read++;
        assertThat(line.epoch()).isGreaterThan(latest.getOrDefault(line.id(), 0L));
        latest.put(line.id(), line.epoch());
      } else if (over) {
        break;
      }
    }

    assertThat(read + refused.sum()).isEqualTo(3L * each);
    assertThat(queue.dropped()).isEqualTo(refused.sum());
  }
}
