package dev.banyan.app;

import dev.banyan.compare.CompareOptions;
import dev.banyan.compare.ComparisonReport;
import dev.banyan.compare.HttpAsking;
import dev.banyan.compare.Replay;
import dev.banyan.compare.SideUnreachableException;
import dev.banyan.exchange.Headers;
import dev.banyan.migration.Side;
import dev.banyan.parity.Redaction;
import dev.banyan.requests.RequestFileException;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongConsumer;

/// Joins the parts of `banyan compare`: a connection to each side, a clock, threads, and a key for
/// hiding values that nobody knows and nothing keeps, so that tokens of two runs can not be
/// matched.
final class Comparing {
  private static final int KEY_BYTES = 32;
  private static final long PROGRESS_PAUSE = Duration.ofMillis(100).toNanos();

  private Comparing() {}

  static ComparisonReport compare(CompareOptions options, LongConsumer progress)
      throws RequestFileException, SideUnreachableException {
    // Threads last to be closed: they end when their connections do.
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        HttpAsking legacy =
            asking(options, options.legacy(), Side.LEGACY, options.legacyHeaders());
        HttpAsking candidate =
            asking(options, options.candidate(), Side.CANDIDATE, options.candidateHeaders())) {
      Replay.Ports ports =
          new Replay.Ports(
              legacy,
              candidate,
              redaction(),
              InstantSource.system(),
              System::nanoTime,
              nowAndThen(progress),
              threads);
      return new Replay(options, ports).run();
    }
  }

  private static HttpAsking asking(CompareOptions options, URI base, Side side, Headers added) {
    return HttpAsking.of(base, side, added, options.timeout(), Replay.BODY_LIMIT, System::nanoTime);
  }

  private static Redaction redaction() {
    byte[] key = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(key);
    return new Redaction(key);
  }

  /// A terminal is slower than a fast pair of systems.
  private static LongConsumer nowAndThen(LongConsumer progress) {
    long[] next = {System.nanoTime()};
    return done -> {
      long now = System.nanoTime();
      if (now - next[0] >= 0) {
        next[0] = now + PROGRESS_PAUSE;
        progress.accept(done);
      }
    };
  }
}
