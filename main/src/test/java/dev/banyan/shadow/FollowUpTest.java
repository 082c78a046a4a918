package dev.banyan.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

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
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What a judge asks for beyond an exchange: sent, bounded, and on every path given back once.
class FollowUpTest {
  private static final Endpoint ENDPOINT = new Endpoint("GET", "/x");
  private static final int MEMORY = 20_000;
  private static final int BODY = 1_000;

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

  private record Sent(
      String service, Request request, Side side, IntPredicate admission, Consumer<Leg> told) {}

  private final ArrayDeque<Sent> sent = new ArrayDeque<>();
  private final ArrayDeque<Runnable> comparing = new ArrayDeque<>();
  private final List<Counted> bodies = new ArrayList<>();
  private final List<List<Leg>> told = new ArrayList<>();
  private final List<Drop> givenUp = new ArrayList<>();
  private boolean legsClosed;
  private boolean comparingFull;
  private Function<Exchange, @Nullable FollowUp> judge = _ -> null;

  private final Executor executor =
      work -> {
        if (comparingFull) {
          throw new RejectedExecutionException("full");
        }
        comparing.add(work);
      };

  private final Shadow shadow =
      new Shadow(
          new ShadowOptions(MEMORY, BODY, 2, Duration.ofSeconds(1), Duration.ofMillis(20)),
          Map.of(),
          new Shadow.Ports(
              () -> 0, () -> 0, this::send, (exchange, _) -> judge.apply(exchange), executor));

  private void send(
      String service,
      Request request,
      Side side,
      Duration deadline,
      IntPredicate admission,
      Consumer<Leg> leg) {
    if (legsClosed) {
      throw new RejectedExecutionException("closed");
    }
    sent.add(new Sent(service, request, side, admission, leg));
  }

  /// However a test ended: nothing is held, and the books add up.
  @AfterEach
  void everythingIsGivenBackOnce() {
    assertThat(comparing).isEmpty();
    assertThat(sent).isEmpty();
    assertThat(bodies).isNotEmpty().allMatch(body -> body.released == 1);
    assertThat(shadow.memoryTaken()).isZero();
    ShadowCounts counts = shadow.counts("f");
    assertThat(counts.inFlight()).isZero();
    assertThat(counts.sent()).isEqualTo(counts.sampled()).isEqualTo(1);
    if (!shadow.isClosed() && !shadow.isOverrun()) {
      Drop first = shadow.enter();
      Drop second = shadow.enter();
      assertThat(Arrays.asList(first, second)).as("both places are free").containsOnlyNulls();
    }
  }

  private Counted body() {
    Counted body = new Counted();
    bodies.add(body);
    return body;
  }

  private Leg.Answered answer(Side side, Headers headers) {
    return new Leg.Answered(side, new Response(200, headers, body()), Duration.ofMillis(1));
  }

  private Leg.Answered answer(Side side) {
    return answer(side, Headers.NONE);
  }

  private static Leg failed() {
    return new Leg.Failed(Side.LEGACY, Leg.Failure.RESET, "reset", Duration.ZERO);
  }

  /// Brings an exchange up to its judge.
  private void exchange() {
    Sample sample =
        Objects.requireNonNull(shadow.begin("id", "f", 3, 11, ENDPOINT, "candidate"), "no sample");
    sample.complete(new Request("GET", "/x", Headers.NONE, body()), answer(Side.LEGACY));
    sent.remove().told().accept(answer(Side.CANDIDATE));
    compareNext();
  }

  private void compareNext() {
    comparing.remove().run();
  }

  private static FollowUp.Question again(Exchange exchange) {
    return new FollowUp.Question("legacy", Side.LEGACY, exchange.request());
  }

  private FollowUp asking(List<FollowUp.Question> questions, @Nullable FollowUp next) {
    return new FollowUp(
        questions,
        legs -> {
          told.add(legs);
          assertThat(bodies).as("lent until settled").allMatch(body -> body.released == 0);
          return next;
        },
        givenUp::add);
  }

  private void askTwice() {
    judge = exchange -> asking(List.of(again(exchange), again(exchange)), null);
    exchange();
  }

  @Test
  void asksOneQuestionAfterTheOtherAndTellsAllLegs() {
    askTwice();
    Sent first = sent.remove();
    assertThat(sent).isEmpty();
    assertThat(first.service()).isEqualTo("legacy");
    assertThat(first.side()).isEqualTo(Side.LEGACY);
    assertThat(first.request().headers().all("x-banyan-shadow")).containsExactly("1");
    Leg one = answer(Side.LEGACY);
    first.told().accept(one);
    Leg two = failed();
    sent.remove().told().accept(two);
    assertThat(told).as("only on a comparing thread").isEmpty();
    compareNext();
    assertThat(told).containsExactly(List.of(one, two));
    assertThat(givenUp).isEmpty();
    assertThat(shadow.givenUp("f")).isEmpty();
  }

  @Test
  void whatIsAskedNextMayAskAgain() {
    judge =
        exchange -> {
          List<FollowUp.Question> one = List.of(again(exchange));
          return asking(one, asking(one, asking(one, null)));
        };
    exchange();
    for (int round = 1; round <= FollowUp.ROUNDS; round++) {
      sent.remove().told().accept(answer(Side.LEGACY));
      compareNext();
      assertThat(told).hasSize(round);
    }
  }

  @Test
  void moreRoundsThanAllowedAreAFault() {
    judge =
        exchange -> {
          List<FollowUp.Question> one = List.of(again(exchange));
          return asking(one, asking(one, asking(one, asking(one, null))));
        };
    exchange();
    for (int round = 1; round < FollowUp.ROUNDS; round++) {
      sent.remove().told().accept(answer(Side.LEGACY));
      compareNext();
    }
    sent.remove().told().accept(answer(Side.LEGACY));
    assertThatIllegalStateException().isThrownBy(this::compareNext).withMessageContaining("/x");
  }

  @Test
  void aFollowUpAsksSomethingButNotForEver() {
    askTwice();
    sent.remove().told().accept(failed());
    sent.remove().told().accept(failed());
    compareNext();
    FollowUp.Question question =
        new FollowUp.Question(
            "legacy", Side.LEGACY, new Request("GET", "/x", Headers.NONE, Body.EMPTY));
    for (int number : List.of(0, FollowUp.QUESTIONS + 1)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> asking(Collections.nCopies(number, question), null));
    }
  }

  @Test
  void aJudgeThatThrowsHoldsNothing() {
    judge =
        _ -> {
          throw new IllegalStateException("a fault");
        };
    assertThatIllegalStateException().isThrownBy(this::exchange);
  }

  @Test
  void whatIsToldTheLegsMayThrowAndHoldsNothing() {
    judge =
        exchange ->
            new FollowUp(
                List.of(again(exchange)),
                _ -> {
                  throw new IllegalStateException("a fault");
                },
                givenUp::add);
    exchange();
    sent.remove().told().accept(answer(Side.LEGACY));
    assertThatIllegalStateException().isThrownBy(this::compareNext);
    assertThat(givenUp).isEmpty();
  }

  private void isGivenUp(Drop reason) {
    assertThat(told).isEmpty();
    assertThat(givenUp).containsExactly(reason);
    assertThat(shadow.givenUp("f")).containsExactly(Map.entry(reason.word(), 1L));
    assertThat(shadow.counts("f").dropped()).isEmpty();
  }

  @Test
  void isGivenUpWhenSecondLegsAreRefused() {
    judge =
        exchange -> {
          legsClosed = true;
          return asking(List.of(again(exchange)), null);
        };
    exchange();
    isGivenUp(Drop.SHUTTING_DOWN);
  }

  @Test
  void isGivenUpInTheMiddleOfAStop() {
    askTwice();
    sent.remove().told().accept(answer(Side.LEGACY));
    shadow.close();
    sent.remove().told().accept(failed());
    isGivenUp(Drop.SHUTTING_DOWN);
  }

  @Test
  void asksNothingMoreOnceItIsStopped() {
    askTwice();
    shadow.close();
    sent.remove().told().accept(answer(Side.LEGACY));
    isGivenUp(Drop.SHUTTING_DOWN);
  }

  @Test
  void isGivenUpWhenTooManyLegsAreUnderWay() {
    judge =
        exchange -> {
          assertThat(shadow.enter()).isNull();
          assertThat(shadow.enter()).isNull();
          return asking(List.of(again(exchange)), null);
        };
    exchange();
    shadow.leave();
    shadow.leave();
    isGivenUp(Drop.CONCURRENCY);
  }

  @Test
  void aSideThatFailsMostSecondQuestionsIsAskedOnlyNowAndThen() {
    for (int i = 0; i < Fuse.BLOWS_AT - 1; i++) {
      shadow.fuse("legacy").ended(true, 0);
    }
    askTwice();
    sent.remove().told().accept(failed());
    isGivenUp(Drop.SECOND_SIDE_FAILING);
  }

  @Test
  void isGivenUpWhenAnAnswerIsTooLong() {
    askTwice();
    Sent first = sent.remove();
    assertThat(first.admission().test(BODY)).isTrue();
    assertThat(first.admission().test(1)).isFalse();
    assertThat(first.admission().test(1)).isFalse();
    first.told().accept(failed());
    isGivenUp(Drop.BODY_TOO_LONG);
  }

  @Test
  void eachAnswerMayBeAsLongAsTheOther() {
    askTwice();
    for (int i = 0; i < 2; i++) {
      Sent next = sent.remove();
      assertThat(next.admission().test(BODY)).isTrue();
      next.told().accept(answer(Side.LEGACY));
    }
    compareNext();
    assertThat(told).hasSize(1);
  }

  @Test
  void isGivenUpWhenThereIsNoMemoryForAnAnswer() {
    askTwice();
    Headers large = Headers.of("X-Large", "x".repeat(MEMORY));
    sent.remove().told().accept(answer(Side.LEGACY, large));
    isGivenUp(Drop.MEMORY);
  }

  @Test
  void isGivenUpWhenThereIsNoMemoryForAPieceOfABody() {
    askTwice();
    int others = (int) (MEMORY - shadow.memoryTaken());
    assertThat(shadow.memory().take(others)).isTrue();
    Sent first = sent.remove();
    assertThat(first.admission().test(1)).isFalse();
    shadow.memory().giveBack(others);
    first.told().accept(failed());
    isGivenUp(Drop.MEMORY);
  }

  @Test
  void isGivenUpWhenThereIsNoMemoryForAQuestion() {
    Request large = new Request("GET", "/x", Headers.of("X-Large", "x".repeat(MEMORY)), Body.EMPTY);
    judge = _ -> asking(List.of(new FollowUp.Question("legacy", Side.LEGACY, large)), null);
    exchange();
    isGivenUp(Drop.MEMORY);
  }

  @Test
  void isGivenUpWhenComparingIsSlowerThanTheTraffic() {
    askTwice();
    sent.remove().told().accept(answer(Side.LEGACY));
    comparingFull = true;
    sent.remove().told().accept(answer(Side.LEGACY));
    isGivenUp(Drop.COMPARISON_BACKLOG);
  }

  @Test
  void isGivenUpWhenComparingHasEnded() {
    judge = exchange -> asking(List.of(again(exchange)), null);
    exchange();
    shadow.close();
    comparingFull = true;
    sent.remove().told().accept(answer(Side.LEGACY));
    isGivenUp(Drop.SHUTTING_DOWN);
  }

  @Test
  void isGivenUpWhileEventLoopsAreTooLate() {
    askTwice();
    shadow.late(Duration.ofMillis(200).toNanos(), 1);
    sent.remove().told().accept(answer(Side.LEGACY));
    isGivenUp(Drop.EVENT_LOOP_LAG);
  }

  @Test
  void aGivingUpThatThrowsHoldsNothing() {
    judge =
        exchange ->
            new FollowUp(
                List.of(again(exchange)),
                _ -> null,
                _ -> {
                  throw new IllegalStateException("a fault");
                });
    exchange();
    comparingFull = true;
    assertThatIllegalStateException()
        .isThrownBy(() -> sent.remove().told().accept(answer(Side.LEGACY)));
  }
}
