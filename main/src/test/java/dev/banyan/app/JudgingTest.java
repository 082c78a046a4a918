package dev.banyan.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.config.BanyanConfig;
import dev.banyan.config.ConfigFile;
import dev.banyan.config.ConfigResult;
import dev.banyan.config.Environment;
import dev.banyan.exchange.Body;
import dev.banyan.exchange.Difference.Kind;
import dev.banyan.exchange.Exchange;
import dev.banyan.exchange.Headers;
import dev.banyan.exchange.Leg;
import dev.banyan.exchange.Request;
import dev.banyan.exchange.Response;
import dev.banyan.migration.Endpoint;
import dev.banyan.migration.ParityEvidence;
import dev.banyan.migration.Side;
import dev.banyan.parity.BookLimits;
import dev.banyan.parity.Comparison;
import dev.banyan.parity.ParityBook;
import dev.banyan.parity.ParityStore;
import dev.banyan.parity.Redaction;
import dev.banyan.parity.VolatileClass;
import dev.banyan.shadow.Drop;
import dev.banyan.shadow.FollowUp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is asked again, why, and what comes of it.
class JudgingTest {
  private static final Endpoint USER = new Endpoint("GET", "/users/{id}");
  private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

  /// Nothing is kept by it.
  private static final class NoStore implements ParityStore {
    @Override
    public void save(String family, Kept kept) {}

    @Override
    public Map<String, Kept> load() {
      return Map.of();
    }
  }

  @TempDir private Path folder;

  private final ParityBook book =
      new ParityBook(new NoStore(), new Redaction(new byte[32]), BookLimits.STANDARD, START);
  private final Random random = new Random(42);
  private long nanos = 5;
  private double drawn = 0.5;
  private boolean broken;

  private final Judging judging =
      new Judging(
          new Judging.Ports(
              book, this::comparison, () -> drawn, () -> nanos, () -> START.plusNanos(nanos)));

  /// What was asked again, in order.
  private final List<FollowUp.Question> asked = new ArrayList<>();

  private Side primary = Side.LEGACY;
  private Endpoint endpoint = USER;

  /// The answers to one request: the legacy's and the candidate's, each as often as it is asked.
  private Supplier<String> legacy = () -> "{\"n\":1}";

  private Supplier<String> candidate = () -> "{\"n\":1}";
  private int againStatus = 200;
  private @Nullable Drop drop;
  private boolean failing;

  @BeforeEach
  void configure() {
    judging.adopt(config("2%"));
  }

  private Comparison comparison(String family) {
    if (broken) {
      throw new IllegalStateException("a fault in comparing " + family);
    }
    return Comparison.of();
  }

  private BanyanConfig config(String again) {
    try {
      Path file =
          Files.writeString(
              folder.resolve("banyan.yaml"),
              """
              services:
                legacy: { url: http://127.0.0.1:3000 }
                next: { url: http://127.0.0.1:4000 }
              families:
                users:
                  routes: ["GET /users/{id}", "/all/{id}", { route: "POST /search", safe: true },
                           { route: "GET /export", safe: false }]
                  candidate: next
                  shadow: { again: %s }
              """
                  .formatted(again));
      return ((ConfigResult.Loaded) new ConfigFile(file, Environment.of(Map.of())).load()).config();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Response answer(Side side, int status) {
    String body = (side == Side.LEGACY ? legacy : candidate).get();
    return new Response(
        status,
        Headers.of("content-type", "application/json"),
        Body.of(body.getBytes(StandardCharsets.UTF_8)));
  }

  private Leg answered(Side side, int status) {
    return new Leg.Answered(side, answer(side, status), Duration.ofMillis(1));
  }

  private Exchange exchange() {
    Request request = new Request(endpoint.method(), "/users/1", Headers.NONE, Body.EMPTY);
    Leg first = answered(primary, 200);
    return new Exchange("id", "users", 3, endpoint, request, first, answered(primary.other(), 200));
  }

  /// One exchange, with all that is asked because of it.
  private void meet() {
    follow(judging.judge(exchange(), book.period("users")));
  }

  private void follow(@Nullable FollowUp first) {
    for (FollowUp next = first; next != null; ) {
      Drop reason = drop;
      if (reason != null) {
        next.givenUp().accept(reason);
        return;
      }
      List<Leg> legs = new ArrayList<>();
      for (FollowUp.Question question : next.questions()) {
        asked.add(question);
        Side side = question.side();
        legs.add(
            failing
                ? new Leg.Failed(side, Leg.Failure.RESET, "reset", Duration.ZERO)
                : answered(side, againStatus));
      }
      next = next.then().apply(legs);
    }
  }

  private void meet(int times) {
    for (int i = 0; i < times; i++) {
      nanos += TimeUnit.MILLISECONDS.toNanos(200);
      meet();
    }
  }

  private ParityEvidence evidence() {
    return book.evidence("users");
  }

  private static String answer(Instant at, String token, Object n) {
    return "{\"at\":\"" + at + "\",\"token\":\"" + token + "\",\"n\":" + n + "}";
  }

  private String volatileAnswer(Object n) {
    nanos += 3_000_000;
    return answer(START.plusNanos(nanos), Long.toHexString(random.nextLong() | Long.MIN_VALUE), n);
  }

  @Test
  void theFirstExchangesOfAnEndpointAreAllAskedAgainAndThenAShare() {
    meet(FamilyJudging.FIRST);
    assertThat(asked).hasSize(FamilyJudging.FIRST);
    assertThat(asked)
        .allSatisfy(question -> {
          assertThat(question.service()).isEqualTo("legacy");
          assertThat(question.side()).isEqualTo(Side.LEGACY);
          assertThat(question.request().target()).isEqualTo("/users/1");
        });
    drawn = 0.02;
    meet();
    assertThat(asked).as("outside of the share").hasSize(FamilyJudging.FIRST);
    drawn = 0.019;
    meet();
    assertThat(asked).hasSize(FamilyJudging.FIRST + 1);
    assertThat(judging.asked("users", FamilyJudging.Why.LEARNING))
        .isEqualTo(FamilyJudging.FIRST + 1);
    assertThat(evidence().matched()).isEqualTo(FamilyJudging.FIRST + 2);
  }

  @Test
  void nothingIsLearnedWhereTheShareIsNone() {
    judging.adopt(config("0%"));
    drawn = 0;
    meet(3);
    assertThat(asked).isEmpty();
    assertThat(evidence().matched()).isEqualTo(3);
  }

  @Test
  void whatIsVolatileIsNoMismatchWhileItIsLearnedAndAfterwards() {
    legacy = () -> volatileAnswer(1);
    candidate = () -> volatileAnswer(1);
    meet(FamilyJudging.FIRST + 100);
    assertThat(evidence().mismatched()).isZero();
    assertThat(evidence().compared()).isEqualTo(FamilyJudging.FIRST + 100);
    assertThat(asked).as("known noise is not asked about").hasSize(FamilyJudging.FIRST);
    assertThat(judging.learned("users").rules())
        .extracting(rule -> rule.where() + " " + rule.volatileClass().getClass().getSimpleName())
        .containsExactlyInAnyOrder("body:$.at Time", "body:$.token Token");
    assertThat(judging.learned("users").rules())
        .allMatch(rule -> rule.endpoint().equals(USER) && rule.status() == 200);
    assertThat(judging.learned("users").defects()).isEmpty();
    assertThat(judging.noise("users", USER, 200, "body:$.at", Kind.VALUE)).isEqualTo(1.0);
    assertThat(judging.noise("users", USER, 200, "body:$.n", Kind.VALUE)).isZero();
    assertThat(judging.noise("users", USER, 404, "body:$.n", Kind.VALUE)).isNull();
  }

  @Test
  void aRealDifferenceBesideNoiseIsFoundBeforeAndAfterLearning() {
    legacy = () -> volatileAnswer(1);
    candidate = () -> volatileAnswer(2);
    meet();
    assertThat(evidence().mismatched()).isEqualTo(1);
    candidate = () -> volatileAnswer(1);
    meet(FamilyJudging.FIRST);
    assertThat(evidence().mismatched()).isEqualTo(1);
    candidate = () -> volatileAnswer("\"1\"");
    meet();
    assertThat(evidence().mismatched()).isEqualTo(2);
    candidate = () -> volatileAnswer(1).replace("Z\"", "\"");
    meet();
    assertThat(evidence().mismatched()).as("a time that lost its zone").isEqualTo(3);
  }

  private void learned() {
    meet(FamilyJudging.FIRST);
    asked.clear();
  }

  @Test
  void aDifferenceThatTheSecondAnswerHasTooRaced() {
    learned();
    int[] version = {0};
    legacy = () -> "{\"n\":" + ++version[0] + "}";
    candidate = () -> "{\"n\":" + (version[0] + 1) + "}";
    meet();
    assertThat(asked).singleElement().extracting(FollowUp.Question::service).isEqualTo("legacy");
    assertThat(evidence().raced()).isEqualTo(1);
    assertThat(evidence().mismatched()).isZero();
    assertThat(judging.asked("users", FamilyJudging.Why.DIFFERENCE)).isEqualTo(1);
  }

  @Test
  void aDifferenceThatStaysIsAMismatch() {
    learned();
    candidate = () -> "{\"n\":2}";
    meet();
    assertThat(asked).hasSize(1);
    assertThat(evidence().mismatched()).isEqualTo(1);
  }

  @Test
  void whatThePrimaryNeverGivesTwiceIsNoiseEvenWhereItHasNoClass() {
    learned();
    int[] version = {0};
    legacy = () -> "{\"n\":\"word " + ++version[0] + "\"}";
    candidate = () -> "{\"n\":\"another\"}";
    long before = evidence().matched();
    meet();
    assertThat(evidence().matched()).isEqualTo(before + 1);
  }

  @Test
  void theSandwichIsTurnedRoundWhereTheCandidateIsPrimary() {
    learned();
    primary = Side.CANDIDATE;
    int[] version = {0};
    candidate = () -> "{\"n\":" + ++version[0] + "}";
    legacy = () -> "{\"n\":" + (version[0] + 1) + "}";
    meet();
    assertThat(asked)
        .singleElement()
        .satisfies(question -> {
          assertThat(question.service()).isEqualTo("next");
          assertThat(question.side()).isEqualTo(Side.CANDIDATE);
        });
    assertThat(evidence().raced()).isEqualTo(1);
  }

  @Test
  void whereTheCandidateIsPrimaryClassesAreRenewedAndNothingIsProved() {
    primary = Side.CANDIDATE;
    legacy = () -> volatileAnswer(1);
    candidate = () -> volatileAnswer(2);
    meet(FamilyJudging.FIRST);
    assertThat(judging.learned("users").rules()).hasSize(2);
    assertThat(judging.learned("users").defects()).isEmpty();
    assertThat(asked).filteredOn(question -> question.side() == Side.LEGACY).hasSize(200);
    assertThat(asked)
        .as("n is another one, each time settled by the candidate")
        .filteredOn(question -> question.side() == Side.CANDIDATE)
        .hasSize(200);
    assertThat(evidence().mismatched()).isEqualTo(200);
  }

  @Test
  void aFieldThatTheCandidateHasWrongMoreOftenThanNoiseExplainsIsNeverPassedOver() {
    String[] words = {"\"one two\"", "\"two three\""};
    boolean[] faulty = {true};
    legacy = () -> "{\"n\":" + words[random.nextInt(10) < 3 ? 1 : 0] + "}";
    candidate = () -> faulty[0] ? "{\"n\":" + words[1] + "}" : legacy.get();
    meet(FamilyJudging.FIRST);
    assertThat(judging.learned("users").defects())
        .singleElement()
        .satisfies(defect -> assertThat(defect.where()).isEqualTo("body:$.n"));
    long raced = evidence().raced();
    long mismatched = evidence().mismatched();
    meet(100);
    assertThat(evidence().raced()).as("a race at a defect proves nothing").isEqualTo(raced);
    assertThat(evidence().mismatched() - mismatched).isBetween(50L, 90L);
  }

  @Test
  void aSecondThatEndedOnOneSideOnlyIsNoDefect() {
    // The clock of the candidate is half a second behind, and both tell whole seconds.
    legacy = () -> "{\"at\":\"" + START.plusSeconds(nanos / 1_000_000_000) + "\"}";
    candidate =
        () -> "{\"at\":\"" + START.plusSeconds((nanos - 500_000_000) / 1_000_000_000) + "\"}";
    for (int i = 0; i < FamilyJudging.FIRST; i++) {
      nanos += 1_370_000_000;
      FollowUp next = judging.judge(exchange(), book.period("users"));
      nanos += 100_000_000;
      follow(next);
    }
    assertThat(judging.learned("users").rules())
        .singleElement()
        .satisfies(rule -> assertThat(rule.volatileClass()).isInstanceOf(VolatileClass.Time.class));
    assertThat(judging.learned("users").defects()).isEmpty();
    long before = evidence().mismatched();
    meet(50);
    assertThat(evidence().mismatched()).isEqualTo(before);
  }

  @Test
  void asksNoMoreThanItsAllowanceAndCountsNothingWhileItKnowsTooLittle() {
    legacy = () -> volatileAnswer(1);
    candidate = () -> volatileAnswer(1);
    failing = true;
    int burst = FamilyJudging.LEARNING_AT_ONCE;
    for (int i = 0; i < burst + 50; i++) {
      Exchange each = exchange();
      long now = nanos;
      follow(judging.judge(each, book.period("users")));
      nanos = now;
    }
    assertThat(asked.size()).isLessThan(burst + 50);
    assertThat(evidence().compared()).isZero();
    assertThat(evidence().skipped())
        .containsExactly(Map.entry(FamilyJudging.NOISE_UNKNOWN, burst + 50L));
  }

  @Test
  void differencesBeyondTheAllowanceStayMismatches() {
    learned();
    legacy = () -> "{\"n\":\"word " + random.nextInt() + "\"}";
    int most = FamilyJudging.DIFFERENCES_AT_ONCE;
    for (int i = 0; i < most + 30; i++) {
      meet();
    }
    assertThat(asked).hasSize(most);
    assertThat(evidence().mismatched()).isEqualTo(30);
    nanos += TimeUnit.SECONDS.toNanos(1);
    for (int i = 0; i < 30; i++) {
      meet();
    }
    assertThat(asked).hasSize(most + FamilyJudging.PER_SECOND);
  }

  @Test
  void writesAreNeverAskedAgain() {
    candidate = () -> "{\"n\":2}";
    for (Endpoint each :
        List.of(
            new Endpoint("POST", "/all/{id}"),
            new Endpoint("GET", "/export"),
            new Endpoint("HEAD", "/export"),
            new Endpoint("GET", "/elsewhere"))) {
      endpoint = each;
      meet();
    }
    assertThat(asked).isEmpty();
    assertThat(evidence().mismatched()).isEqualTo(4);
  }

  @Test
  void whatTheRoutesCallSafeIsAskedAgain() {
    for (Endpoint each :
        List.of(
            new Endpoint("POST", "/search"),
            new Endpoint("GET", "/all/{id}"),
            new Endpoint("HEAD", "/users/{id}"))) {
      asked.clear();
      endpoint = each;
      meet();
      assertThat(asked).as("%s", each).hasSize(1);
    }
  }

  @Test
  void aSecondAnswerThatDoesNotComeLeavesADifferenceADifference() {
    learned();
    candidate = () -> "{\"n\":2}";
    failing = true;
    meet();
    assertThat(evidence().mismatched()).isEqualTo(1);
  }

  @Test
  void aSecondAnswerOfAnotherStatusExcusesNothing() {
    learned();
    candidate = () -> "{\"n\":2}";
    againStatus = 503;
    meet();
    assertThat(evidence().mismatched()).isEqualTo(1);
  }

  @Test
  void aQuestionThatIsGivenUpLeavesADifferenceADifferenceExceptAtAStop() {
    learned();
    candidate = () -> "{\"n\":2}";
    drop = Drop.MEMORY;
    meet();
    assertThat(evidence().mismatched()).isEqualTo(1);
    drop = Drop.SHUTTING_DOWN;
    meet();
    assertThat(evidence().mismatched()).isEqualTo(1);
    assertThat(evidence().skipped()).containsExactly(Map.entry(FamilyJudging.STOPPING, 1L));
    candidate = legacy;
    drawn = 0;
    meet();
    assertThat(evidence().skipped()).as("a match stays one").hasSize(1);
  }

  @Test
  void aResetForgetsWhatWasLearned() {
    legacy = () -> volatileAnswer(1);
    candidate = () -> volatileAnswer(1);
    learned();
    assertThat(judging.learned("users").rules()).isNotEmpty();
    long before = book.period("users");
    Exchange old = exchange();
    book.reset("users", START);
    assertThat(judging.learned("users")).isEqualTo(Judging.Learned.NOTHING);
    assertThat(judging.judge(old, before)).as("of a period that is over").isNull();
    assertThat(evidence().compared()).isZero();
    meet();
    assertThat(asked).as("it learns again").hasSize(1);
  }

  @Test
  void otherSidesForgetWhatWasLearned() {
    learned();
    book.compares("users", "others than before", START);
    meet();
    assertThat(asked).hasSize(1);
  }

  @Test
  void aReloadKeepsWhatWasLearned() {
    learned();
    judging.adopt(config("3%"));
    meet();
    assertThat(asked).isEmpty();
    drawn = 0.025;
    meet();
    assertThat(asked).hasSize(1);
  }

  @Test
  void anExchangeThatComparingChokesOnIsCountedAndIsNoMatch() {
    learned();
    long before = evidence().matched();
    broken = true;
    meet();
    assertThat(evidence().matched()).isEqualTo(before);
    assertThat(evidence().skipped()).containsExactly(Map.entry("comparison-failed", 1L));
    broken = false;
    drawn = 0;
    FollowUp next = judging.judge(exchange(), book.period("users"));
    broken = true;
    follow(next);
    assertThat(evidence().skipped()).containsExactly(Map.entry("comparison-failed", 2L));
  }

  @Test
  void anExchangeOfAFamilyThatIsGoneIsNobodysAnyMore() {
    Exchange other =
        new Exchange(
            "id",
            "gone",
            3,
            USER,
            new Request("GET", "/users/1", Headers.NONE, Body.EMPTY),
            answered(Side.LEGACY, 200),
            answered(Side.CANDIDATE, 200));
    assertThat(judging.judge(other, book.period("gone"))).isNull();
    assertThat(book.evidence("gone").compared()).isZero();
    assertThat(judging.learned("gone")).isEqualTo(Judging.Learned.NOTHING);
    assertThat(judging.asked("gone", FamilyJudging.Why.LEARNING)).isZero();
  }

  @Test
  void aSideThatFailedIsNotAskedAgain() {
    Exchange failed =
        new Exchange(
            "id",
            "users",
            3,
            USER,
            new Request("GET", "/users/1", Headers.NONE, Body.EMPTY),
            answered(Side.LEGACY, 200),
            new Leg.Failed(Side.CANDIDATE, Leg.Failure.TIMEOUT, "late", Duration.ZERO));
    assertThat(judging.judge(failed, book.period("users"))).isNull();
    assertThat(evidence().mismatched()).isEqualTo(1);
  }
}
