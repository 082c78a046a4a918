package dev.banyan.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.proxy.Limit;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What a client is given time for, on a clock of the test's own.
class ClientTimerTest {
  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final List<Limit> told = new ArrayList<>();
  private final ClientTimer timer;
  private long now;
  private boolean withinHead;

  ClientTimerTest() {
    channel.freezeTime();
    Bounds bounds = new Bounds();
    bounds.idle = Duration.ofSeconds(10);
    bounds.headerTime = Duration.ofSeconds(2);
    bounds.writeTime = Duration.ofSeconds(30);
    timer =
        new ClientTimer(
            channel,
            () -> now,
            bounds.limits(),
            new ClientTimer.Owner() {
              @Override
              public @Nullable InFlight underWay() {
                return null;
              }

              @Override
              public boolean isReading() {
                return true;
              }

              @Override
              public boolean isWithinHead() {
                return withinHead;
              }

              @Override
              public void tooLong(Limit limit) {
                told.add(limit);
              }
            });
    timer.start();
  }

  @AfterEach
  void close() {
    channel.releaseOutbound();
    channel.finishAndReleaseAll();
  }

  private void pass(int seconds) {
    for (int i = 0; i < seconds; i++) {
      now += TimeUnit.SECONDS.toNanos(1);
      channel.advanceTimeBy(1, TimeUnit.SECONDS);
      channel.runScheduledPendingTasks();
    }
  }

  private void leaveLying(int bytes) {
    ChannelFuture written = channel.write(Unpooled.wrappedBuffer(new byte[bytes]));
    assertThat(written.isDone()).as("what is not flushed waits to be taken").isFalse();
  }

  @Test
  void aConnectionThatWaitsForARequestIsIdle() {
    pass(9);
    assertThat(told).isEmpty();
    pass(1);
    assertThat(told).containsExactly(Limit.IDLE);
  }

  @Test
  void theLastAnswerHasItsTimeHoweverOldTheConnection() {
    pass(9);
    leaveLying(1000);
    timer.ends();
    pass(25);
    assertThat(told).isEmpty();
    pass(20);
    assertThat(told).containsExactly(Limit.WRITE_TIME);
  }

  @Test
  void theLastAnswerHasItsTimeThoughHalfAHeadFollowsItsRequest() {
    withinHead = true;
    timer.afterRead();
    leaveLying(1000);
    timer.ends();
    pass(25);
    assertThat(told).isEmpty();
  }
}
