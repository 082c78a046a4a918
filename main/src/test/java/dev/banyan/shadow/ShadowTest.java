package dev.banyan.shadow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.exchange.Body;
import dev.banyan.exchange.Exchange;
import dev.banyan.exchange.Headers;
import dev.banyan.exchange.Leg;
import dev.banyan.exchange.Request;
import dev.banyan.exchange.Response;
import dev.banyan.migration.Endpoint;
import dev.banyan.migration.Side;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ShadowTest {
  private static final Endpoint ENDPOINT = new Endpoint("GET", "/x");
  private static final ShadowOptions OPTIONS =
      new ShadowOptions(10_000, 1_000, 2, Duration.ofSeconds(1), Duration.ofMillis(20));

  /// A body that knows how often it was given back.
  private static final class Counted implements Body {
    int released;

    @Override
    public int length() {
      return 0;
    }

    @Override
    public List<ByteBuffer> pieces() {
      return List.of();
    }

    @Override
    public void release() {
      released++;
    }
  }

  /// Second legs that wait until the test ends them.
  private static final class Legs implements SecondLeg {
    record Sent(Request request, Side side, IntPredicate admission, Consumer<Leg> told) {}

    final ArrayDeque<Sent> sent = new ArrayDeque<>();
    boolean closed;

    @Override
    public void send(
        String service,
        Request request,
        Side side,
        Duration deadline,
        IntPredicate admission,
        Consumer<Leg> told) {
      if (closed) {
        throw new RejectedExecutionException("closed");
      }
      sent.add(new Sent(request, side, admission, told));
    }
  }

  private final Legs legs = new Legs();
  private final List<Exchange> compared = new ArrayList<>();
  private final List<Long> periods = new ArrayList<>();
  private final List<Counted> bodies = new ArrayList<>();
  private long now;

  private Shadow shadow(Map<String, Double> shares, long seed) {
    Random random = new Random(seed);
    return new Shadow(
        OPTIONS,
        shares,
        new Shadow.Ports(random::nextDouble, () -> now, legs, this::compare, Runnable::run));
  }

  private @Nullable FollowUp compare(Exchange exchange, long period) {
    compared.add(exchange);
    periods.add(period);
    return null;
  }

  private static @Nullable Sample begin(Shadow shadow) {
    return shadow.begin("id", "f", 3, 11, ENDPOINT, "candidate");
  }

  private Counted body() {
    Counted body = new Counted();
    bodies.add(body);
    return body;
  }

  private void complete(@Nullable Sample sample) {
    Objects.requireNonNull(sample, "nothing was sampled")
        .complete(
            new Request("GET", "/x", Headers.NONE, body()),
            new Leg.Answered(
                Side.LEGACY, new Response(200, Headers.NONE, body()), Duration.ofMillis(1)));
  }

  private static Leg failed() {
    return new Leg.Failed(Side.CANDIDATE, Leg.Failure.CONNECT, "refused", Duration.ZERO);
  }

  @Test
  void samplesItsShare() {
    Shadow shadow = shadow(Map.of("f", 0.25, "g", 0.0), 42);
    for (int i = 0; i < 10_000; i++) {
      Sample sample = begin(shadow);
      if (sample != null) {
        sample.abandon(Drop.CLIENT_GONE);
      }
      assertThat(shadow.begin("id", "g", 3, 11, ENDPOINT, "candidate")).isNull();
    }
    assertThat(shadow.counts("f").sampled()).isBetween(2_300L, 2_700L);
    assertThat(shadow.counts("f").dropped()).containsOnlyKeys("client-gone");
    assertThat(shadow.counts("g")).isEqualTo(ShadowCounts.NONE);
  }

  @Test
  void countsASecondLegThatFailedAsSentAndHandsItOver() {
    Shadow shadow = shadow(Map.of(), 1);
    complete(begin(shadow));
    assertThat(shadow.counts("f").inFlight()).isEqualTo(1);
    legs.sent.remove().told().accept(failed());
    assertThat(shadow.counts("f")).isEqualTo(new ShadowCounts(1, 1, 0, Map.of()));
    assertThat(compared).singleElement().extracting(Exchange::shadow).isEqualTo(failed());
    assertThat(periods).as("the period that it began in").containsExactly(11L);
    assertThat(bodies).allMatch(body -> body.released == 1);
  }

  @Test
  void marksTheSecondLegAndSendsItToTheOtherSide() {
    Shadow shadow = shadow(Map.of(), 1);
    complete(begin(shadow));
    Legs.Sent sent = legs.sent.remove();
    assertThat(sent.request().headers().first("x-banyan-shadow")).contains("1");
    assertThat(sent.side()).isEqualTo(Side.CANDIDATE);
  }

  @Test
  void givesEverythingBackWhenTheSecondAnswerIsTooLong() {
    Shadow shadow = shadow(Map.of(), 1);
    complete(begin(shadow));
    Legs.Sent sent = legs.sent.remove();
    assertThat(sent.admission().test(1_000)).isTrue();
    assertThat(shadow.memoryTaken()).isPositive();
    assertThat(sent.admission().test(1)).isFalse();
    sent.told().accept(failed());
    assertThat(shadow.counts("f").dropped()).containsExactly(Map.entry("body-too-long", 1L));
    assertThat(shadow.memoryTaken()).isZero();
    assertThat(bodies).allMatch(body -> body.released == 1);
    assertThat(compared).isEmpty();
  }

  @Test
  void givesUpASecondAnswerThatIsMuchLongerThanTheClients() {
    ShadowOptions roomy =
        new ShadowOptions(64 << 20, 1 << 20, 4, Duration.ofSeconds(1), Duration.ofMillis(20));
    Shadow shadow =
        new Shadow(
            roomy,
            Map.of(),
            new Shadow.Ports(() -> 0, () -> now, legs, this::compare, Runnable::run));
    Sample brief = Objects.requireNonNull(begin(shadow));
    complete(brief);
    assertThat(legs.sent.remove().admission().test(Sample.LONG)).isTrue();

    Sample outgrown = Objects.requireNonNull(begin(shadow));
    complete(outgrown);
    assertThat(legs.sent.remove().admission().test(Sample.LONG + 1)).isFalse();
    assertThat(shadow.counts("f").dropped()).containsExactly(Map.entry("body-too-long", 1L));

    Sample lengthy = Objects.requireNonNull(begin(shadow));
    assertThat(lengthy.admit(false, 10_000)).isTrue();
    complete(lengthy);
    Legs.Sent second = legs.sent.remove();
    assertThat(second.admission().test(160_000)).isTrue();
    assertThat(second.admission().test(1)).isFalse();
  }

  @Test
  void dropsWhatCannotBeSentAnyMore() {
    Shadow shadow = shadow(Map.of(), 1);
    Sample first = begin(shadow);
    legs.closed = true;
    complete(first);
    Sample second = begin(shadow);
    shadow.close();
    complete(second);
    assertThat(shadow.counts("f").dropped()).containsExactly(Map.entry("shutting-down", 2L));
    assertThat(bodies).hasSize(4).allMatch(body -> body.released == 1);
  }

  @Test
  void keepsItsPlacesUntilTheSecondLegsAreOver() {
    Shadow shadow = shadow(Map.of(), 1);
    Sample one = begin(shadow);
    Sample two = begin(shadow);
    Sample three = begin(shadow);
    complete(one);
    complete(two);
    complete(three);
    assertThat(begin(shadow)).isNull();
    assertThat(shadow.counts("f")).isEqualTo(new ShadowCounts(4, 0, 2, Map.of("concurrency", 2L)));
    legs.sent.remove().told().accept(failed());
    assertThat(begin(shadow)).isNotNull();
  }

  private static Leg answered(int status) {
    Response response = new Response(status, Headers.NONE, new Counted());
    return new Leg.Answered(Side.CANDIDATE, response, Duration.ZERO);
  }

  private void end(Shadow shadow, Leg second) {
    complete(begin(shadow));
    legs.sent.remove().told().accept(second);
  }

  private static void blow(ShadowTest test, Shadow shadow, Leg with) {
    for (int i = 0; i < Fuse.BLOWS_AT; i++) {
      test.end(shadow, with);
    }
  }

  @Test
  void sendsOnlyAFewToASideThatKeepsFailingAndTellsWhatWasLeftOut() {
    Shadow shadow = shadow(Map.of(), 1);
    blow(this, shadow, failed());
    for (int i = 0; i < 100; i++) {
      assertThat(begin(shadow)).isNull();
    }
    assertThat(shadow.begin("id", "g", 3, 12, ENDPOINT, "candidate")).as("of the service").isNull();
    assertThat(shadow.begin("id", "h", 3, 13, ENDPOINT, "another")).isNotNull();
    assertThat(shadow.counts("f"))
        .isEqualTo(
            new ShadowCounts(
                Fuse.BLOWS_AT + 100, Fuse.BLOWS_AT, 0, Map.of("second-side-failing", 100L)));

    now += Fuse.PAUSE.toNanos();
    end(shadow, failed());
    assertThat(begin(shadow)).isNull();
    List<String> leftOut = new ArrayList<>();
    shadow.tellLeftOut((family, period, count) -> leftOut.add(family + period + ":" + count));
    assertThat(leftOut).containsExactlyInAnyOrder("f11:101", "g12:1");
    shadow.tellLeftOut((family, period, count) -> leftOut.add("again"));
    assertThat(leftOut).hasSize(2);
  }

  @Test
  void whatIsLeftOutAfterALegThatDidNotFailIsNotTold() {
    Shadow shadow = shadow(Map.of(), 1);
    blow(this, shadow, failed());
    now += Fuse.PAUSE.toNanos();
    end(shadow, answered(200));
    assertThat(begin(shadow)).isNull();
    List<String> told = new ArrayList<>();
    shadow.tellLeftOut((family, period, count) -> told.add(family));
    assertThat(told).isEmpty();
    assertThat(shadow.counts("f").dropped()).isEqualTo(Map.of("second-side-on-trial", 1L));
  }

  @Test
  void whatWasLeftOutInAFormerPeriodOfEvidenceIsNotTold() {
    Shadow shadow = shadow(Map.of(), 1);
    blow(this, shadow, failed());
    assertThat(begin(shadow)).isNull();
    assertThat(shadow.begin("id", "f", 3, 12, ENDPOINT, "candidate")).isNull();
    List<Long> told = new ArrayList<>();
    shadow.tellLeftOut((family, period, count) -> told.addAll(List.of(period, count)));
    assertThat(told).containsExactly(12L, 1L);
  }

  @Test
  void anAnswerOf5xxFailsUnlessTheClientGotOneToo() {
    Shadow shadow = shadow(Map.of(), 1);
    blow(this, shadow, answered(499));
    assertThat(begin(shadow)).isNotNull().satisfies(sample -> sample.abandon(Drop.CLIENT_GONE));
    blow(this, shadow, answered(500));
    assertThat(begin(shadow)).isNull();

    Shadow both = shadow(Map.of(), 1);
    for (int i = 0; i < Fuse.LOOKED_AT; i++) {
      Request request = new Request("GET", "/x", Headers.NONE, body());
      Response broken = new Response(503, Headers.NONE, body());
      Objects.requireNonNull(begin(both))
          .complete(request, new Leg.Answered(Side.LEGACY, broken, Duration.ZERO));
      legs.sent.remove().told().accept(answered(500));
    }
    assertThat(begin(both)).isNotNull();
  }

  @Test
  void whatWasCutOffByUsIsNoFailureButAnAnswerWithoutAnEndIs() {
    ShadowOptions roomy =
        new ShadowOptions(64 << 20, 1 << 20, 4, Duration.ofSeconds(1), Duration.ofMillis(20));
    Shadow shadow =
        new Shadow(
            roomy,
            Map.of(),
            new Shadow.Ports(() -> 0, () -> now, legs, this::compare, Runnable::run));
    Leg cutOff = new Leg.Failed(Side.CANDIDATE, Leg.Failure.OVERLOAD, "no room", Duration.ZERO);
    blow(this, shadow, cutOff);
    for (int i = 0; i < Fuse.BLOWS_AT; i++) {
      complete(begin(shadow));
      Legs.Sent sent = legs.sent.remove();
      assertThat(sent.admission().test(Sample.LONG + 1)).isFalse();
      sent.told().accept(cutOff);
    }
    assertThat(begin(shadow)).isNull();
  }

  private static void late(Shadow shadow, long millis) {
    shadow.late(Duration.ofMillis(millis).toNanos(), 1);
  }

  @Test
  void samplesLessWhileEventLoopsAreLateAndCountsWhatItLeavesOut() {
    Shadow shadow = shadow(Map.of("f", 0.5), 7);
    assertThat(shadow.rate("f")).isEqualTo(new ShadowRate(0.5, 0.5, 0));
    late(shadow, 110);
    int requests = 10_000;
    for (int i = 0; i < requests; i++) {
      Sample sample = begin(shadow);
      if (sample != null) {
        sample.abandon(Drop.CLIENT_GONE);
      }
    }
    ShadowRate rate = shadow.rate("f");
    ShadowCounts counts = shadow.counts("f");
    assertThat(rate.configured()).isEqualTo(0.5);
    assertThat(rate.effective()).isEqualTo(0.25);
    assertThat(counts.sampled()).isBetween(2_300L, 2_700L);
    assertThat(rate.shed()).isBetween(2_300L, 2_700L);
    assertThat(counts.dropped()).isEqualTo(Map.of("client-gone", counts.sampled()));
  }

  @Test
  void givesUpWhatIsUnderWayWhenNothingIsSampledAnyMore() {
    Shadow shadow = shadow(Map.of(), 1);
    Sample withTheLegacy = begin(shadow);
    complete(begin(shadow));
    late(shadow, 200);
    assertThat(shadow.isOverrun()).isTrue();
    assertThat(begin(shadow)).isNull();
    complete(withTheLegacy);
    legs.sent.remove().told().accept(failed());
    assertThat(legs.sent).isEmpty();
    assertThat(compared).isEmpty();
    assertThat(shadow.counts("f"))
        .isEqualTo(new ShadowCounts(2, 0, 0, Map.of("event-loop-lag", 2L)));
    assertThat(shadow.rate("f")).isEqualTo(new ShadowRate(1, 0, 1));
    assertThat(shadow.memoryTaken()).isZero();
    assertThat(bodies).hasSize(4).allMatch(body -> body.released == 1);
  }

  @Test
  void aLegThatFailsBecauseOfAStopIsDroppedAndNotComparedAsAFailure() {
    Shadow shadow = shadow(Map.of(), 1);
    complete(begin(shadow));
    shadow.close();
    legs.sent.remove().told().accept(failed());
    assertThat(compared).isEmpty();
    assertThat(shadow.counts("f"))
        .isEqualTo(new ShadowCounts(1, 0, 0, Map.of("shutting-down", 1L)));
    assertThat(bodies).allMatch(body -> body.released == 1);
  }

  @Test
  void chargesHeadersAndDropsWhatTheyLeaveNoRoomFor() {
    Shadow shadow = shadow(Map.of(), 1);
    Headers large = Headers.of("X-Large", "x".repeat(9_000));
    Sample sample = Objects.requireNonNull(begin(shadow));
    sample.complete(
        new Request("GET", "/x", large, body()),
        new Leg.Answered(Side.LEGACY, new Response(200, Headers.NONE, body()), Duration.ZERO));
    assertThat(legs.sent).isEmpty();
    complete(begin(shadow));
    legs.sent
        .remove()
        .told()
        .accept(new Leg.Answered(Side.CANDIDATE, new Response(200, large, body()), Duration.ZERO));
    assertThat(shadow.counts("f")).isEqualTo(new ShadowCounts(2, 0, 0, Map.of("memory", 2L)));
    assertThat(shadow.memoryTaken()).isZero();
    assertThat(bodies).hasSize(5).allMatch(body -> body.released == 1);
  }
}
