package dev.banyan.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ClockworkTest {
  private static final Logger LOG = (Logger) LoggerFactory.getLogger(Clockwork.class);

  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
  private final Runnable chore =
      Clockwork.safe(
          Duration.ofSeconds(1),
          () -> {
            RuntimeException now = failure.get();
            if (now != null) {
              throw now;
            }
          });

  @BeforeEach
  void listen() {
    lines.start();
    LOG.addAppender(lines);
    LOG.setAdditive(false);
  }

  @AfterEach
  void stopListening() {
    LOG.detachAppender(lines);
    LOG.setAdditive(true);
  }

  private static RuntimeException gone(String why) {
    return new UncheckedIOException(new IOException(why));
  }

  @Test
  void aStoreThatIsGoneForANightIsToldOnceAndAgainOnceItWasBack() {
    for (int i = 0; i < 1_000; i++) {
      failure.set(gone("the store is gone"));
      chore.run();
    }
    assertThat(lines.list).hasSize(1);

    failure.set(null);
    chore.run();
    failure.set(gone("the store is gone"));
    chore.run();
    failure.set(gone("the disk is full"));
    chore.run();
    assertThat(lines.list).hasSize(3);
  }
}
