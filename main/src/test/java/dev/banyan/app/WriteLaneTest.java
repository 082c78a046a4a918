package dev.banyan.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.shadow.Drop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class WriteLaneTest {
  private final List<String> told = new ArrayList<>();
  private boolean refuses;
  private final WriteLane lane =
      new WriteLane(
          Runnable::run,
          work -> {
            if (refuses) {
              throw new RejectedExecutionException("full");
            }
            work.run();
          });

  private WriteLane.Turn turn(String name) {
    return new WriteLane.Turn() {
      @Override
      public void take() {
        told.add(name);
      }

      @Override
      public void refused(Drop reason) {
        told.add(name + " " + reason.word());
        lane.leave();
      }

      @Override
      public String toString() {
        return name;
      }
    };
  }

  @Test
  void onlyOneIsUnderWayAndTheOrderIsThatOfArrival() {
    lane.join(turn("a"));
    lane.join(turn("b"));
    lane.join(turn("c"));
    assertThat(told).containsExactly("a");
    assertThat(lane.waits(each -> each.toString().equals("c"))).isTrue();
    assertThat(lane.waits(each -> each.toString().equals("a"))).isFalse();
    lane.leave();
    assertThat(told).containsExactly("a", "b");
    lane.leave();
    lane.leave();
    lane.join(turn("d"));
    assertThat(told).containsExactly("a", "b", "c", "d");
  }

  @Test
  void hasRoomForSoManyAndNoMore() {
    for (int i = 0; i < WriteLane.MOST; i++) {
      assertThat(lane.join(turn("t" + i))).isTrue();
    }
    assertThat(lane.join(turn("over"))).isFalse();
    lane.leave();
    assertThat(lane.join(turn("next"))).isTrue();
  }

  @Test
  void goesOnWhereOneIsRefused() {
    lane.join(turn("a"));
    lane.join(turn("b"));
    lane.join(turn("c"));
    refuses = true;
    lane.leave();
    assertThat(told).containsExactly("a", "b comparison-backlog", "c comparison-backlog");
    refuses = false;
    lane.join(turn("d"));
    assertThat(told).endsWith("d");
  }
}
