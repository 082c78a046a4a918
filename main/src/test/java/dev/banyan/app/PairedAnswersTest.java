package dev.banyan.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.exchange.Body;
import dev.banyan.exchange.Exchange;
import dev.banyan.exchange.Headers;
import dev.banyan.exchange.Leg;
import dev.banyan.exchange.Request;
import dev.banyan.exchange.Response;
import dev.banyan.migration.Endpoint;
import dev.banyan.migration.Side;
import dev.banyan.statistics.Pairs;
import dev.banyan.telemetry.TrafficMeter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PairedAnswersTest {
  private final TrafficMeter meter = new TrafficMeter();
  private final List<Exchange> judged = new ArrayList<>();
  private final PairedAnswers paired =
      new PairedAnswers(
          meter,
          (exchange, _) -> {
            judged.add(exchange);
            return null;
          });

  private void judge(Leg primary, Leg shadow) {
    Request request = new Request("GET", "/users", Headers.NONE, Body.EMPTY);
    Exchange exchange =
        new Exchange("id", "users", 3, new Endpoint("GET", "/users"), request, primary, shadow);
    assertThat(paired.judge(exchange, 1)).isNull();
    assertThat(judged).last().isEqualTo(exchange);
  }

  private static Leg answered(Side side, int status, int millis) {
    Response response = new Response(status, Headers.NONE, Body.EMPTY);
    // A long download does not count.
    return new Leg.Answered(side, response, Duration.ofMillis(millis), Duration.ofMinutes(1));
  }

  private static Leg failed(Side side, Leg.Failure failure) {
    return new Leg.Failed(side, failure, "of a test", Duration.ofMillis(5));
  }

  private Pairs pairs() {
    return meter.tick("users", 3).pairs();
  }

  @Test
  void countsBothSidesWhicheverTheClientWaitedFor() {
    judge(answered(Side.CANDIDATE, 200, 10), answered(Side.LEGACY, 503, 1));
    judge(answered(Side.LEGACY, 404, 30), failed(Side.CANDIDATE, Leg.Failure.RESET));

    Pairs pairs = pairs();
    assertThat(pairs.legacy().requests()).isEqualTo(2);
    assertThat(pairs.legacy().errors()).isEqualTo(1);
    assertThat(pairs.legacy().latencies().quantile(1)).isBetween(millis(30), millis(31));
    assertThat(pairs.candidate().requests()).isEqualTo(2);
    assertThat(pairs.candidate().errors()).isEqualTo(1);
    assertThat(pairs.candidate().latencies().quantile(1)).isBetween(millis(10), millis(11));
  }

  private static Duration millis(int count) {
    return Duration.ofMillis(count);
  }

  @Test
  void whatTheShadowCutOffItselfIsNoPairAndIsJudgedEvenSo() {
    judge(answered(Side.CANDIDATE, 200, 10), failed(Side.LEGACY, Leg.Failure.OVERLOAD));
    assertThat(pairs()).isEqualTo(Pairs.NONE);
  }
}
