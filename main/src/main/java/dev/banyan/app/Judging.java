package dev.banyan.app;

import dev.banyan.config.BanyanConfig;
import dev.banyan.config.FamilyConfig;
import dev.banyan.exchange.Difference.Kind;
import dev.banyan.exchange.Exchange;
import dev.banyan.exchange.Verdict;
import dev.banyan.migration.Endpoint;
import dev.banyan.migration.Side;
import dev.banyan.parity.Comparison;
import dev.banyan.parity.LearnedNoise;
import dev.banyan.parity.ParityBook;
import dev.banyan.parity.Units;
import dev.banyan.shadow.FollowUp;
import dev.banyan.shadow.Judge;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Compares exchanges and counts the verdicts, with what was learned of each family's noise. Any
/// comparing thread may call.
///
/// Noise belongs to a period of evidence, as counts do: where evidence begins anew, by a reset or
/// because others are compared, so does learning. It is kept in memory only; after a restart it is
/// learned again from the first exchanges.
final class Judging implements Judge {
  private static final Logger LOG = LoggerFactory.getLogger(Judging.class);

  /// What judging needs.
  ///
  /// @param comparisons how a family's answers are compared
  /// @param randomness evenly from 0 to less than 1, from any thread
  /// @param nanos a monotonic clock
  record Ports(
      ParityBook book,
      Function<String, Comparison> comparisons,
      DoubleSupplier randomness,
      LongSupplier nanos,
      InstantSource clock) {

    /// An exchange that the comparison chokes on is counted too, and never as a match.
    @Nullable FollowUp guarded(
        Exchange exchange, long period, Supplier<@Nullable FollowUp> judging) {
      try {
        return judging.get();
      } catch (RuntimeException e) {
        LOG.error("comparing {} of {} failed", exchange.endpoint(), exchange.family(), e);
        book.record(exchange, period, new Verdict.Skipped("comparison-failed"));
        return null;
      }
    }
  }

  /// Where the rows of one side follow the other's.
  interface Rows {
    /// None do.
    Rows NONE =
        new Rows() {
          @Override
          public @Nullable Side behind(String family) {
            return null;
          }

          @Override
          public void await(String family, Side side, Runnable now, Runnable late) {
            late.run();
          }

          @Override
          public boolean come(String family) {
            return true;
          }
        };

    /// The side that follows the other one; null where none does.
    @Nullable Side behind(String family);

    /// As [FollowUp.Until]: until that side has what the owner has at this moment.
    void await(String family, Side side, Runnable now, Runnable late);

    /// Whether what waits now comes in time, as far as is known.
    boolean come(String family);
  }

  private volatile Rows rows = Rows.NONE;
  private final Ports ports;
  private final Map<String, FamilyJudging> families = new ConcurrentHashMap<>();

  Judging(Ports ports) {
    this.ports = ports;
  }

  /// Judges by this configuration from the next exchange on. What was learned stays.
  void adopt(BanyanConfig config) {
    for (FamilyConfig family : config.families()) {
      families
          .computeIfAbsent(family.name(), _ -> new FamilyJudging(family, ports, () -> rows))
          .adopt(family);
    }
    families
        .keySet()
        .retainAll(config.families().stream().map(FamilyConfig::name).collect(Collectors.toSet()));
  }

  /// Waits for rows that are behind from now on, before a difference counts.
  void await(Rows behind) {
    rows = behind;
  }

  @Override
  public @Nullable FollowUp judge(Exchange exchange, long period) {
    String name = exchange.family();
    FamilyJudging family = families.get(name);
    if (family == null || period != ports.book().period(name)) {
      return null; // the family is gone, or its period is over: nobody asks for it any more
    }
    return ports.guarded(exchange, period, () -> family.judge(exchange, period));
  }

  /// The hash of an exchange's sticky unit; [Units#ALONE] where its request names none.
  long caller(Exchange exchange) {
    FamilyJudging family = families.get(exchange.family());
    return family == null ? Units.ALONE : family.caller(exchange);
  }

  /// What has been learned of a family in its present period.
  LearnedNoise learned(String name) {
    Learning learning = learning(name);
    return learning == null
        ? LearnedNoise.NOTHING
        : new LearnedNoise(learning.rules(), learning.defects());
  }

  /// How often the legacy disagreed with itself at a place, from 0 to 1; null where it was not
  /// asked twice.
  @Nullable Double noise(String name, Endpoint endpoint, int status, String where, Kind kind) {
    Learning learning = learning(name);
    return learning == null ? null : learning.share(endpoint, status, where, kind);
  }

  private @Nullable Learning learning(String name) {
    FamilyJudging family = families.get(name);
    return family == null ? null : family.learning(ports.book().period(name));
  }

  /// Times that a family's services were asked the same again.
  long asked(String name, FamilyJudging.Why why) {
    FamilyJudging family = families.get(name);
    return family == null ? 0 : family.asked(why);
  }
}
