package dev.banyan.bench;

import dev.banyan.exchange.Body;
import dev.banyan.exchange.Exchange;
import dev.banyan.exchange.Headers;
import dev.banyan.exchange.Leg;
import dev.banyan.exchange.Request;
import dev.banyan.exchange.Response;
import dev.banyan.exchange.Verdict;
import dev.banyan.migration.Endpoint;
import dev.banyan.migration.Side;
import dev.banyan.parity.Comparison;
import dev.banyan.shadow.FollowUp;
import dev.banyan.shadow.Sample;
import dev.banyan.shadow.SecondLeg;
import dev.banyan.shadow.Shadow;
import dev.banyan.shadow.ShadowOptions;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/// What one shadowed request costs beside the network: sampling, the budget, the exchange and the
/// comparison of equal answers of about 10 KB.
///
/// Run: `java -jar bench/target/banyan-bench.jar TeeBenchmark -prof gc`.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class TeeBenchmark {
  private static final ShadowOptions OPTIONS =
      new ShadowOptions(64 << 20, 1 << 20, 64, Duration.ofSeconds(5), Duration.ofMillis(20));

  private final Comparison comparison = Comparison.of();
  private final Endpoint endpoint = new Endpoint("GET", "/users");
  private final Request request =
      new Request("GET", "/users", Headers.of("Host", "shop", "Accept", "*/*"), Body.EMPTY);
  private final Response legacy = Answers.json("legacy", Answers.users("Ann"));
  private final Response candidate = Answers.json("legacy", Answers.users("Ann"));
  private final Later candidateSide = new Later();
  private @Nullable Verdict verdict;
  private final Shadow shadow =
      new Shadow(
          OPTIONS,
          Map.of(),
          new Shadow.Ports(() -> 0, System::nanoTime, candidateSide, this::compare, Runnable::run));

  @Benchmark
  public void shadowed(Blackhole sink) {
    Sample sample = shadow.begin("id", "users", 1, 1, endpoint, "candidate");
    if (sample == null || !sample.admit(false, legacy.body().length())) {
      throw new IllegalStateException("not sampled");
    }
    sample.complete(request, Answers.leg(Side.LEGACY, legacy));
    candidateSide.answer(Answers.leg(Side.CANDIDATE, candidate));
    sink.consume(verdict);
  }

  private @Nullable FollowUp compare(Exchange exchange, long period) {
    verdict = comparison.compare(exchange);
    return null;
  }

  /// A backend that answers when it is told to.
  private static final class Later implements SecondLeg {
    private @Nullable Consumer<Leg> waiting;
    private @Nullable IntPredicate room;

    @Override
    public void send(
        String service,
        Request request,
        Side side,
        Duration deadline,
        IntPredicate admission,
        Consumer<Leg> told) {
      waiting = told;
      room = admission;
    }

    void answer(Leg.Answered leg) {
      if (waiting == null || room == null || !room.test(leg.response().body().length())) {
        throw new IllegalStateException("not sent, or no room");
      }
      waiting.accept(leg);
      waiting = null;
    }
  }
}
