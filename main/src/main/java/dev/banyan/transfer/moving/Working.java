package dev.banyan.transfer.moving;

import dev.banyan.transfer.Pace;
import dev.banyan.transfer.engine.Source;
import dev.banyan.transfer.options.DatabaseOptions;
import dev.banyan.transfer.options.Throttle;
import dev.banyan.transfer.options.TransferOptions;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What all transfers of a process work with.
///
/// @param clock for people, and for off-peak hours
/// @param nanos the monotonic clock
/// @param threads for whatever waits for a database
public record Working(
    List<DatabaseOptions> databases,
    InstantSource clock,
    LongSupplier nanos,
    ThreadFactory threads) {
  static final Logger LOG = LoggerFactory.getLogger(Working.class);

  /// How long the backfill rests before it looks again whether it may go on.
  private static final Duration REST = Duration.ofSeconds(1);

  private static final Duration HOURS_REST = Duration.ofMinutes(1);

  public Working {
    databases = List.copyOf(databases);
  }

  Optional<DatabaseOptions> database(@Nullable String name) {
    return databases.stream().filter(each -> each.name().equals(name)).findFirst();
  }

  List<String> applications(String database) {
    return databases.stream()
        .filter(each -> each.name().equals(database))
        .flatMap(each -> each.applicationRoles().stream())
        .toList();
  }

  /// How fast the backfill may go, by what is declared.
  Pace pace(TransferOptions options, Source source, Replicas replicas) {
    Throttle throttle = options.throttle();
    return new Pace() {
      @Override
      public Optional<Hold> hold() {
        Throttle.Hours hours = throttle.hours();
        if (hours != null && !hours.contains(clock.instant())) {
          return Optional.of(new Hold(hours.from() + ", when the hours begin", HOURS_REST));
        }
        Duration latency = throttle.sourceLatency();
        if (latency != null && isSlow(source, latency)) {
          return Optional.of(
              new Hold("the source, which takes more than " + latency.toMillis() + " ms", REST));
        }
        return replicas.behind().map(what -> new Hold(what, REST));
      }

      @Override
      public Duration rest(long rows, Duration took) {
        Long most = throttle.rowsPerSecond();
        if (most == null) {
          return Duration.ZERO;
        }
        long each = Math.max(1, most / options.parallel());
        Duration left = Duration.ofNanos((long) (rows * 1e9 / each)).minus(took);
        return left.isNegative() ? Duration.ZERO : left;
      }
    };
  }

  /// Whether a small question takes longer than is borne. A source that does not answer is slow.
  private boolean isSlow(Source source, Duration latency) {
    long began = nanos.getAsLong();
    try {
      var _ = source.tip();
      return nanos.getAsLong() - began > latency.toNanos();
    } catch (SQLException e) {
      LOG.debug("the source did not answer", e);
      return true;
    }
  }
}
