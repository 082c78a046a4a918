package dev.banyan.app;

import dev.banyan.telemetry.AccessLine;
import dev.banyan.telemetry.AccessQueue;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes the access log on a thread of its own, `banyan-access`, which alone waits for the disk.
///
/// Lines that find the queue full and lines that could not be written are lost and counted. Closing
/// writes what is waiting.
final class AccessLog implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AccessLog.class);

  /// Lines that may wait to be written.
  static final int WAITING = 16_384;

  /// How long the thread rests when nothing waits: nobody wakes it, because that would cost the
  /// event loops a system call.
  private static final Duration REST = Duration.ofMillis(20);

  private static final Duration GRACE = Duration.ofSeconds(5);
  private static final int AT_ONCE = 256;

  /// Where the lines go. Used by one thread.
  interface Target extends Closeable {
    void write(byte[] lines) throws IOException;
  }

  private final AccessQueue queue;
  private final Target target;
  private final Thread thread;
  private final AtomicLong written = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private volatile boolean closing;
  private boolean well = true;

  private AccessLog(AccessQueue queue, Target target) {
    this.queue = queue;
    this.target = target;
    this.thread = Thread.ofPlatform().name("banyan-access").daemon(true).unstarted(this::run);
  }

  static AccessLog start(AccessQueue queue, Target target) {
    AccessLog log = new AccessLog(queue, target);
    log.thread.start();
    return log;
  }

  /// Where the configuration names one; closed with the rest.
  static @Nullable AccessLog of(Banyan.Setup setup, Unwinding undo) throws IOException {
    String file = setup.config().accessLog();
    return file == null ? null : undo.add(to(file, setup.file().toAbsolutePath()));
  }

  /// Begins the log that the configuration asks for.
  ///
  /// @param file as the configuration has it
  /// @param config the configuration's own file, beside which a relative path begins
  /// @throws IOException with a message for people, when the file can not be written
  static AccessLog to(String file, Path config) throws IOException {
    Target target =
        file.equals("-")
            ? LogFile.standardOutput()
            : LogFile.open(config.resolveSibling(file), System::nanoTime);
    return start(new AccessQueue(WAITING), target);
  }

  AccessQueue queue() {
    return queue;
  }

  /// Lines written since the start.
  long written() {
    return written.get();
  }

  /// Lines lost since the start because writing them failed.
  long failed() {
    return failed.get();
  }

  private void run() {
    StringBuilder text = new StringBuilder();
    while (true) {
      boolean last = closing;
      int lines = take(text);
      if (lines > 0) {
        write(text.toString().getBytes(StandardCharsets.US_ASCII), lines);
      } else if (last) {
        return;
      } else {
        LockSupport.parkNanos(REST.toNanos());
      }
    }
  }

  private int take(StringBuilder text) {
    text.setLength(0);
    int lines = 0;
    AccessLine line;
    while (lines < AT_ONCE && (line = queue.poll()) != null) {
      line.appendTo(text);
      lines++;
    }
    return lines;
  }

  private void write(byte[] text, int lines) {
    try {
      target.write(text);
      written.addAndGet(lines);
      well = true;
    } catch (IOException e) {
      failed.addAndGet(lines);
      if (well) {
        LOG.warn("lines of the access log are lost until it can be written again", e);
      }
      well = false;
    }
  }

  @Override
  public void close() throws IOException {
    closing = true;
    LockSupport.unpark(thread);
    try {
      if (!thread.join(GRACE)) {
        LOG.warn("the access log could not be written to its end within {}", GRACE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    target.close();
  }
}
