package dev.banyan.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.exchange.Exchange;
import dev.banyan.exchange.Leg;
import dev.banyan.exchange.Request;
import dev.banyan.migration.Endpoint;
import dev.banyan.migration.Phase;
import dev.banyan.proxy.Capture;
import dev.banyan.proxy.Tee;
import dev.banyan.routing.Decision;
import dev.banyan.shadow.Drop;
import dev.banyan.shadow.Judge;
import dev.banyan.shadow.Sample;
import dev.banyan.shadow.Shadow;
import dev.banyan.shadow.ShadowCounts;
import dev.banyan.shadow.ShadowOptions;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A rig in phase `shadow` whose gateway has the shadow on its side, as the program wires it. All
/// that can be is sampled.
final class ShadowedRig implements Tee, AutoCloseable {
  final Shadow shadow;
  final SecondLegClient second;
  final Rig rig;

  ShadowedRig(
      ShadowOptions options,
      Consumer<Exchange> comparison,
      Executor comparing,
      Rig.Builder builder) {
    this(
        options,
        (exchange, _) -> {
          comparison.accept(exchange);
          return null;
        },
        comparing,
        builder);
  }

  ShadowedRig(ShadowOptions options, Judge judge, Executor comparing, Rig.Builder builder) {
    rig = builder.tee(this).in(new Phase.Shadow()).start();
    second = new SecondLegClient(rig.services, System::nanoTime, Runnable::run, () -> {});
    shadow =
        new Shadow(
            options,
            Map.of(),
            new Shadow.Ports(() -> 0.0, System::nanoTime, second::send, judge, comparing));
  }

  @Override
  public @Nullable Capture begin(Decision decision, String requestId) {
    String family = decision.route().family();
    String service = decision.shadow();
    if (family == null || service == null) {
      return null;
    }
    Endpoint endpoint = decision.route().endpoint();
    Sample sample = shadow.begin(requestId, family, decision.route().epoch(), 0, endpoint, service);
    return sample == null ? null : new Adapted(sample);
  }

  private record Adapted(Sample sample) implements Capture {
    @Override
    public boolean admit(boolean request, int bytes) {
      return sample.admit(request, bytes);
    }

    @Override
    public void complete(Request request, Leg.Answered primary) {
      sample.complete(request, primary);
    }

    @Override
    public void abandon(Reason reason) {
      sample.abandon(
          switch (reason) {
            case PRIMARY_FAILED -> Drop.PRIMARY_FAILED;
            case CLIENT_GONE -> Drop.CLIENT_GONE;
            case STREAM -> Drop.STREAM;
          });
    }
  }

  ShadowCounts counts() {
    return shadow.counts("f");
  }

  /// What became of all samples, once nothing is pending.
  ShadowCounts settled() throws InterruptedException {
    Rig.until(() -> counts().inFlight() == 0);
    Rig.until(() -> shadow.memoryTaken() == 0);
    ShadowCounts counts = counts();
    assertThat(ended(counts)).isEqualTo(counts.sampled());
    return counts;
  }

  static long ended(ShadowCounts counts) {
    return counts.sent() + counts.dropped().values().stream().mapToLong(Long::longValue).sum();
  }

  @Override
  public void close() {
    rig.close();
    shadow.close();
    second.close();
  }
}
