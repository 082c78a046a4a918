package dev.banyan.app;

import dev.banyan.exchange.Exchange;
import dev.banyan.exchange.Leg;
import dev.banyan.migration.Side;
import dev.banyan.shadow.FollowUp;
import dev.banyan.shadow.Judge;
import dev.banyan.telemetry.TrafficMeter;
import org.jspecify.annotations.Nullable;

/// Counts how both sides did with the same request before the answers are judged: what came of it
/// and how long it took. Any comparing thread may call.
final class PairedAnswers implements Judge {
  private static final int SERVER_ERROR = 500;

  private final TrafficMeter meter;
  private final Judge then;

  PairedAnswers(TrafficMeter meter, Judge then) {
    this.meter = meter;
    this.then = then;
  }

  @Override
  public @Nullable FollowUp judge(Exchange exchange, long period) {
    Leg legacy = exchange.leg(Side.LEGACY);
    Leg candidate = exchange.leg(Side.CANDIDATE);
    if (!isOurs(legacy) && !isOurs(candidate)) {
      meter.pair(
          exchange.family(),
          exchange.epoch(),
          failed(legacy),
          nanos(legacy),
          failed(candidate),
          nanos(candidate));
    }
    return then.judge(exchange, period);
  }

  /// Whether a leg ended by a bound of the shadow's, which says nothing about its side.
  private static boolean isOurs(Leg leg) {
    return leg instanceof Leg.Failed failed && failed.failure() == Leg.Failure.OVERLOAD;
  }

  private static boolean failed(Leg leg) {
    return switch (leg) {
      case Leg.Answered answered -> answered.response().status() >= SERVER_ERROR;
      case Leg.Failed _ -> true;
    };
  }

  private static long nanos(Leg leg) {
    return switch (leg) {
      case Leg.Answered answered -> answered.toHead().toNanos();
      case Leg.Failed failed -> failed.took().toNanos();
    };
  }
}
