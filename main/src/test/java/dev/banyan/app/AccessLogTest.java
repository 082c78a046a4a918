package dev.banyan.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banyan.telemetry.AccessLine;
import dev.banyan.telemetry.AccessQueue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessLogTest {
  @TempDir private Path folder;

  private static AccessLine line(String id) {
    return new AccessLine(
        Instant.EPOCH,
        id,
        null,
        "GET",
        "/",
        null,
        null,
        null,
        0,
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
  void whileTheDiskStallsLinesAreDroppedAndCountedAndTheOthersAreWrittenAfterwards()
      throws Exception {
    CountDownLatch stalled = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    LongAdder lines = new LongAdder();
    AccessLog.Target target =
        new AccessLog.Target() {
          @Override
          public void write(byte[] text) throws IOException {
            stalled.countDown();
            try {
              goOn.await();
            } catch (InterruptedException e) {
              throw new IOException(e);
            }
            lines.add(new String(text, StandardCharsets.US_ASCII).lines().count());
          }

          @Override
          public void close() {
            assertThat(goOn.getCount()).isZero();
          }
        };
    AccessQueue queue = new AccessQueue(8);
    AccessLog log = AccessLog.start(queue, target);
    assertThat(queue.offer(line("first"))).isTrue();
    stalled.await();

    int refused = 0;
    for (int i = 0; i < 20; i++) {
      refused += queue.offer(line("more")) ? 0 : 1;
    }
    assertThat(refused).isEqualTo(12);
    assertThat(queue.dropped()).isEqualTo(12);
    assertThat(log.written()).isZero();

    goOn.countDown();
    log.close();
    assertThat(lines.sum()).isEqualTo(9);
    assertThat(log.written()).isEqualTo(9);
  }

  @Test
  void linesThatCanNotBeWrittenAreCountedAndWritingGoesOn() throws Exception {
    AtomicLong calls = new AtomicLong();
    AccessLog.Target target =
        new AccessLog.Target() {
          @Override
          public void write(byte[] text) throws IOException {
            if (calls.getAndIncrement() == 0) {
              throw new IOException("no space left");
            }
          }

          @Override
          public void close() {
            calls.addAndGet(100);
          }
        };
    AccessLog log = AccessLog.start(new AccessQueue(8), target);
    assertThat(log.queue().offer(line("lost"))).isTrue();
    await(() -> log.failed() == 1);
    assertThat(log.queue().offer(line("kept"))).isTrue();
    log.close();

    assertThat(log.failed()).isOne();
    assertThat(log.written()).isOne();
    assertThat(calls).hasValue(102);
  }

  @Test
  void aFileThatWasRenamedIsBegunAnewUnderItsName() throws Exception {
    AtomicLong nanos = new AtomicLong();
    Path file = folder.resolve("access.log");
    try (LogFile log = LogFile.open(file, nanos::get)) {
      log.write("one\n".getBytes(StandardCharsets.US_ASCII));
      Path rotated = Files.move(file, folder.resolve("access.log.1"));
      log.write("two\n".getBytes(StandardCharsets.US_ASCII));
      nanos.addAndGet(Duration.ofSeconds(1).toNanos());
      log.write("three\n".getBytes(StandardCharsets.US_ASCII));

      assertThat(rotated).hasContent("one\ntwo\n");
      assertThat(file).hasContent("three\n");

      Files.delete(file);
      Files.writeString(file, "someone else's\n");
      nanos.addAndGet(Duration.ofSeconds(1).toNanos());
      log.write("four\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(file).hasContent("someone else's\nfour\n");
    }
  }

  @Test
  void aFileThatCanNotBeWrittenIsSaidWithTheKeyThatNamesIt() {
    Path nowhere = folder.resolve("no/such/folder/access.log");
    assertThatThrownBy(() -> LogFile.open(nowhere, System::nanoTime))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("access_log.file: can not write to '" + nowhere + "'");
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    for (int i = 0; !condition.getAsBoolean() && i < 3_000; i++) {
      Thread.sleep(5);
    }
    assertThat(condition.getAsBoolean()).isTrue();
  }
}
