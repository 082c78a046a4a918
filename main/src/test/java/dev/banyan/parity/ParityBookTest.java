package dev.banyan.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banyan.exchange.Body;
import dev.banyan.exchange.Difference;
import dev.banyan.exchange.Exchange;
import dev.banyan.exchange.Headers;
import dev.banyan.exchange.Leg;
import dev.banyan.exchange.Request;
import dev.banyan.exchange.Verdict;
import dev.banyan.migration.Endpoint;
import dev.banyan.migration.ParityEvidence;
import dev.banyan.migration.ParityEvidence.FieldDifference;
import dev.banyan.migration.Severity;
import dev.banyan.migration.Side;
import dev.banyan.parity.ParityStore.Kept;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ParityBookTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Exchange EXCHANGE = Answers.get("/users/4711", "/users/{id}");

  private static final Endpoint ENDPOINT = new Endpoint("GET", "/users/{id}");

  private final MapStore store = new MapStore();
  private final Map<String, Long> dropped = new HashMap<>();
  private LocalDate today = LocalDate.parse("2026-01-01");
  private final Rulings rulings = new Rulings(new ForgetfulRulingStore(), () -> today);
  private long caller = Units.ALONE;
  private final ParityBook book = book(BookLimits.STANDARD);

  private ParityBook book(BookLimits limits) {
    return book(limits, rulings);
  }

  private ParityBook book(BookLimits limits, Rulings ruled) {
    SplittableRandom random = new SplittableRandom(11);
    BookPorts ports =
        new BookPorts(
            store,
            new Redaction(new byte[16]),
            ruled,
            random::nextLong,
            _ -> Map.copyOf(dropped),
            (_, _, _, _, _) -> null,
            _ -> caller);
    return new ParityBook(ports, limits, START);
  }

  private static Verdict mismatch(
      String where, @Nullable String legacy, @Nullable String candidate) {
    return new Verdict.Mismatch(
        List.of(
            new Difference(where, Difference.Kind.VALUE, Severity.BREAKING, legacy, candidate)));
  }

  private void record(Verdict verdict) {
    book.record(EXCHANGE, book.period("users"), verdict);
  }

  private ParityEvidence.EndpointUnits units() {
    return book.evidence("users").units(EXCHANGE.endpoint());
  }

  private static ParityEvidence.EndpointUnits units(long compared, long mismatched) {
    return new ParityEvidence.EndpointUnits(EXCHANGE.endpoint(), compared, mismatched);
  }

  @Test
  void aRequestThatOneCallerRepeatsIsOneUnit() {
    caller = 1;
    record(new Verdict.Match());
    record(new Verdict.Match());
    assertThat(units()).isEqualTo(units(1, 0));

    caller = 2;
    record(new Verdict.Match());
    assertThat(units()).isEqualTo(units(2, 0));

    record(mismatch("status", "200", "500"));
    record(mismatch("status", "200", "500"));
    assertThat(units()).isEqualTo(units(2, 1));
    assertThat(book.evidence("users").compared()).isEqualTo(5);
  }

  @Test
  void anotherTargetOrMethodOrBodyIsAnotherUnit() {
    caller = 1;
    for (Request request :
        List.of(
            new Request("POST", "/users/1", Headers.NONE, Body.EMPTY),
            new Request("POST", "/users/2", Headers.NONE, Body.EMPTY),
            new Request("PUT", "/users/2", Headers.NONE, Body.EMPTY),
            new Request("PUT", "/users/2", Headers.NONE, Body.of(new byte[] {1})),
            new Request("PUT", "/users/2", Headers.of("x", "no part of it"), Body.EMPTY))) {
      Exchange exchange =
          new Exchange(
              "id",
              "users",
              1,
              EXCHANGE.endpoint(),
              request,
              EXCHANGE.primary(),
              EXCHANGE.shadow());
      book.record(exchange, book.period("users"), new Verdict.Match());
    }

    assertThat(units()).isEqualTo(units(4, 0));
  }

  @Test
  void whoNamesNoCallerIsAUnitEachTime() {
    record(new Verdict.Match());
    record(new Verdict.Match());
    record(mismatch("status", "200", "500"));

    assertThat(units()).isEqualTo(units(3, 1));
  }

  @Test
  void unitsOutliveTheProcessAndAreMetByOthersToo() {
    caller = 1;
    record(new Verdict.Match());
    book.saveChanged();
    ParityBook again = book(BookLimits.STANDARD);
    again.load();
    again.record(EXCHANGE, again.period("users"), new Verdict.Match());
    assertThat(again.evidence("users").units(EXCHANGE.endpoint())).isEqualTo(units(1, 0));

    caller = 2;
    again.record(EXCHANGE, again.period("users"), new Verdict.Match());
    record(mismatch("status", "200", "500"));
    assertThat(
            ParitySum.of(List.of(book.kept("users"), again.kept("users")), 1)
                .evidence()
                .units(EXCHANGE.endpoint()))
        .isEqualTo(units(2, 1));
  }

  @Test
  void countsEachVerdictWhereItBelongs() {
    record(new Verdict.Match());
    record(new Verdict.Match());
    record(mismatch("body:$.name", "\"Ann\"", "\"Bob\""));
    record(new Verdict.Raced("data moved"));
    record(new Verdict.Skipped("both-failed"));
    book.skipped("users", book.period("users"), "shadow-full");
    book.skipped("users", book.period("users"), "shadow-full", 4);

    ParityEvidence evidence = book.evidence("users");
    assertThat(evidence.since()).isEqualTo(START);
    assertThat(evidence.compared()).isEqualTo(3);
    assertThat(evidence.matched()).isEqualTo(2);
    assertThat(evidence.mismatched()).isEqualTo(1);
    assertThat(evidence.raced()).isEqualTo(1);
    assertThat(evidence.skipped()).isEqualTo(Map.of("both-failed", 1L, "shadow-full", 5L));
    assertThat(evidence.endpoints())
        .singleElement()
        .satisfies(endpoint -> {
          assertThat(endpoint.endpoint()).isEqualTo(new Endpoint("GET", "/users/{id}"));
          assertThat(endpoint.compared()).isEqualTo(3);
          assertThat(endpoint.mismatched()).isEqualTo(1);
          FieldDifference field = endpoint.differences().getFirst();
          assertThat(field.where()).isEqualTo("body:$.name");
          assertThat(field.kind()).isEqualTo("value");
          assertThat(field.count()).isEqualTo(1);
        });
  }

  @Test
  void keepsSamplesOnlyRedacted() {
    record(mismatch("body:$.name", "\"Ann Secretname\"", null));
    assertThat(book.evidence("users").toString())
        .doesNotContain("Secretname")
        .doesNotContain("4711")
        .contains("(absent)");
  }

  @Test
  void everyDifferenceIsASampleWithTheSameChance() {
    int[] chosen = new int[40];
    for (int run = 0; run < 4_000; run++) {
      FieldCount field = new FieldCount(Severity.BREAKING, 0);
      SplittableRandom random = new SplittableRandom(run);
      for (int i = 0; i < chosen.length; i++) {
        String number = Integer.toString(i);
        field.add(
            Severity.BREAKING,
            3,
            random::nextLong,
            () -> new ParityEvidence.Sample(number, number, number));
      }
      assertThat(field.samples()).hasSize(3);
      field.samples().forEach(sample -> chosen[Integer.parseInt(sample.request())]++);
    }
    // 300 each are expected, with a deviation of 17.
    assertThat(Arrays.stream(chosen).boxed())
        .allSatisfy(times -> assertThat(times).isBetween(215, 385));
  }

  @Test
  void countsTheStatusesOfTheLegacyApart() {
    record(mismatch("body:$.name", "1", "2"));
    Exchange missing =
        Answers.exchange(
            EXCHANGE.request(),
            ENDPOINT,
            Answers.answered(Side.LEGACY, Answers.json(404, "{}")),
            Answers.answered(Side.CANDIDATE, Answers.json(404, "{}")));
    book.record(missing, book.period("users"), mismatch("body:$.name", "1", "2"));
    Exchange silent =
        Answers.exchange(
            EXCHANGE.request(),
            ENDPOINT,
            Answers.failed(Side.LEGACY, Leg.Failure.RESET),
            Answers.answered(Side.CANDIDATE, Answers.json(200, "{}")));
    book.record(silent, book.period("users"), mismatch("answer", "failed", "answered"));

    assertThat(book.evidence("users").endpoints())
        .extracting(part -> part.status() + " " + part.differences().getFirst().where())
        .containsExactly("0 answer", "200 body:$.name", "404 body:$.name");
  }

  private static Ruling accepted(String where, String until) {
    Scope scope = new Scope(Optional.empty(), where, Optional.empty());
    return new Ruling.Accepted(
        new Acceptances.Entry(scope, "agreed", "ann", LocalDate.parse(until)));
  }

  @Test
  void anExchangeThatDiffersOnlyWhereThatIsAcceptedCountsAsMatched() {
    rulings.keep("users", accepted("body:$.name", "2026-01-31"));
    record(mismatch("body:$.name", "1", "2"));
    record(
        new Verdict.Mismatch(
            List.of(
                new Difference("body:$.name", Difference.Kind.VALUE, Severity.BREAKING, "1", "2"),
                new Difference("status", Difference.Kind.VALUE, Severity.BREAKING, "1", "2"))));

    ParityEvidence evidence = book.evidence("users");
    assertThat(evidence.matched()).isEqualTo(1);
    assertThat(evidence.accepted()).isEqualTo(1);
    assertThat(evidence.mismatched()).isEqualTo(1);
    ParityEvidence.EndpointParity part = evidence.endpoints().getFirst();
    assertThat(part.accepted()).isEqualTo(1);
    assertThat(part.mismatched()).isEqualTo(1);
    assertThat(part.differences())
        .extracting(field -> field.where() + " " + field.count() + " " + field.accepted())
        .containsExactly("body:$.name 2 agreed", "status 1 null");
  }

  @Test
  void whatWasAcceptedCountsAgainOnceItsDayIsOver() {
    rulings.keep("users", accepted("body:$.name", "2026-01-31"));
    today = LocalDate.parse("2026-01-31");
    record(mismatch("body:$.name", "1", "2"));
    assertThat(book.evidence("users").mismatched()).isZero();
    today = LocalDate.parse("2026-02-01");
    record(mismatch("body:$.name", "1", "2"));

    ParityEvidence evidence = book.evidence("users");
    assertThat(evidence.mismatched()).isEqualTo(1);
    assertThat(evidence.matched()).isEqualTo(1);
    assertThat(evidence.endpoints().getFirst().differences().getFirst().accepted()).isNull();
  }

  @Test
  void aCriticalPlaceIsShownAndGivesItsRoomToNoOther() {
    ParityBook small = book(new BookLimits(2, 2, 2, 2, 1), rulings);
    rulings.keep(
        "users",
        new Ruling.Critical(
            new Scope(Optional.of(ENDPOINT), "header:vary", Optional.empty()), "privacy", "ann"));
    small.record(EXCHANGE, 0, mismatch("header:vary", "a", null));
    for (int i = 0; i < 50; i++) {
      small.record(EXCHANGE, 0, mismatch("body:$.f" + i, "1", "2"));
    }
    assertThat(small.evidence("users").endpoints().getFirst().differences())
        .filteredOn(FieldDifference::critical)
        .extracting(FieldDifference::where)
        .containsExactly("header:vary");
  }

  @Test
  void whatTheShadowDroppedCountsAgainstCoverage() {
    dropped.put("memory", 5L);
    ParityBook fresh = book(BookLimits.STANDARD);
    fresh.record(EXCHANGE, fresh.period("users"), new Verdict.Match());
    dropped.put("memory", 7L);
    dropped.put("lag", 1L);
    fresh.record(EXCHANGE, fresh.period("users"), new Verdict.Raced("moved"));

    ParityEvidence evidence = fresh.evidence("users");
    assertThat(evidence.dropped()).isEqualTo(Map.of("memory", 2L, "lag", 1L));
    assertThat(evidence.coverage()).isEqualTo(0.2);
    fresh.saveChanged();

    dropped.clear(); // another process
    ParityBook again = book(BookLimits.STANDARD);
    again.load();
    dropped.put("memory", 1L);
    assertThat(again.evidence("users").dropped()).isEqualTo(Map.of("memory", 3L, "lag", 1L));
    again.reset("users", START);
    assertThat(again.evidence("users").dropped()).isEmpty();
  }

  @Test
  void leavesCosmeticDifferencesOut() {
    record(
        new Verdict.Mismatch(
            List.of(
                new Difference("status", Difference.Kind.VALUE, Severity.BREAKING, "200", "500"),
                new Difference("body:$", Difference.Kind.ORDER, Severity.COSMETIC, "a", "b"))));
    assertThat(book.evidence("users").endpoints().getFirst().differences())
        .extracting(FieldDifference::where)
        .containsExactly("status");
  }

  @Test
  void countsUnderOtherWhatIsOverABound() {
    ParityBook small = book(new BookLimits(2, 2, 2, 2, 1));
    for (int i = 0; i < 5; i++) {
      Exchange exchange = Answers.get("/p" + i, "/p" + i);
      small.record(exchange, 0, new Verdict.Match());
      small.skipped("users", 0, "reason " + i);
      small.record(EXCHANGE, 0, mismatch("body:$.f" + i, "1", "2"));
    }
    ParityEvidence evidence = small.evidence("users");
    assertThat(evidence.compared()).isEqualTo(10);
    assertThat(evidence.skipped())
        .isEqualTo(Map.of("reason 0", 1L, "reason 1", 1L, ParityBook.OTHER, 3L));
    assertThat(evidence.endpoints())
        .extracting(endpoint -> endpoint.endpoint().toString() + " " + endpoint.compared())
        .containsExactly("GET /users/{id} 5", "* (other) 4", "GET /p0 1");
    assertThat(evidence.endpoints().getFirst().differences())
        .extracting(field -> field.where() + " " + field.count())
        .containsExactly("(other) 3", "body:$.f3 1", "body:$.f4 1");
  }

  @Test
  void dropsVerdictsOfExchangesThatBeganBeforeAReset() {
    long before = book.period("users");
    record(mismatch("status", "200", "500"));
    Instant deploy = START.plusSeconds(60);
    book.reset("users", deploy);
    book.record(EXCHANGE, before, mismatch("status", "200", "500"));
    book.skipped("users", before, "late");
    assertThat(book.evidence("users")).isEqualTo(ParityEvidence.none(deploy));
    assertThat(store.kept).containsEntry("users", new Kept("", ParityEvidence.none(deploy)));

    record(new Verdict.Match());
    assertThat(book.evidence("users").compared()).isEqualTo(1);
  }

  @Test
  void survivesARestart() {
    record(new Verdict.Match());
    record(mismatch("body:$.name", "\"Ann\"", "\"Bob\""));
    record(new Verdict.Skipped("both-failed"));
    book.saveChanged();
    ParityEvidence before = book.evidence("users");

    ParityBook again = book(BookLimits.STANDARD);
    again.load();
    assertThat(again.evidence("users")).isEqualTo(before);
    again.record(EXCHANGE, again.period("users"), mismatch("body:$.name", "\"A\"", "\"B\""));
    assertThat(again.evidence("users").endpoints().getFirst().differences().getFirst().count())
        .isEqualTo(2);
  }

  @Test
  void savesOnlyWhatChangedAndTriesAgainAfterAFailure() {
    record(new Verdict.Match());
    store.broken = true;
    assertThatThrownBy(book::saveChanged).isInstanceOf(IllegalStateException.class);
    store.broken = false;
    book.saveChanged();
    book.saveChanged();
    assertThat(store.saves).isEqualTo(1);
    assertThat(store.kept.get("users")).isEqualTo(new Kept("", book.evidence("users")));
  }

  @Test
  void aFewFurtherMatchesWaitToBeSavedAndAnythingElseDoesNot() {
    assertThat(savesAfter(100)).isEqualTo(1);
    assertThat(savesAfter(1)).as("one more of a hundred").isEqualTo(1);
    assertThat(savesAfter(5)).as("six more").isEqualTo(2);
    record(mismatch("status", "200", "500"));
    assertThat(savesAfter(0)).as("a difference").isEqualTo(3);
    record(new Verdict.Match());
    for (int i = 0; i < 9; i++) {
      assertThat(savesAfter(0)).isEqualTo(3);
    }
    assertThat(savesAfter(0)).as("it has waited long enough").isEqualTo(4);
    assertThat(store.kept.get("users")).isEqualTo(new Kept("", book.evidence("users")));
  }

  private int savesAfter(int matches) {
    for (int i = 0; i < matches; i++) {
      record(new Verdict.Match());
    }
    book.saveDue();
    return store.saves;
  }

  @Test
  void losesNoCountAmongManyThreads() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Future<?>> running = new ArrayList<>();
      for (int thread = 0; thread < 8; thread++) {
        running.add(
            threads.submit(() -> {
              for (int i = 0; i < 2_000; i++) {
                record(i % 4 == 0 ? mismatch("status", "200", "500") : new Verdict.Match());
                if (i % 100 == 0) {
                  book.saveChanged();
                }
              }
            }));
      }
      for (Future<?> future : running) {
        future.get();
      }
    }
    book.saveChanged();
    ParityEvidence evidence = book.evidence("users");
    assertThat(evidence.matched()).isEqualTo(12_000);
    assertThat(evidence.mismatched()).isEqualTo(4_000);
    assertThat(store.kept.get("users")).isEqualTo(new Kept("", evidence));
  }

  @Test
  void beginsAnewWhenOthersAreCompared() {
    assertThat(book.compares("users", "old", START)).isFalse();
    long period = book.period("users");
    record(new Verdict.Match());
    assertThat(book.compares("users", "old", START)).isFalse();
    assertThat(book.evidence("users").compared()).isEqualTo(1);

    assertThat(book.compares("users", "new", START)).isTrue();
    book.record(EXCHANGE, period, new Verdict.Match());
    assertThat(book.evidence("users").compared()).isZero();
  }

  @Test
  void knowsAfterARestartWhoseAnswersWereCompared() {
    book.compares("users", "old", START);
    record(new Verdict.Match());
    book.saveChanged();

    ParityBook same = book(BookLimits.STANDARD);
    same.load();
    assertThat(same.compares("users", "old", START)).isFalse();
    assertThat(same.evidence("users").compared()).isEqualTo(1);
    ParityBook other = book(BookLimits.STANDARD);
    other.load();
    assertThat(other.compares("users", "new", START)).isTrue();
    assertThat(other.evidence("users").compared()).isZero();
  }

  /// Keeps evidence in memory; the book calls it under one lock.
  private static final class MapStore implements ParityStore {
    final Map<String, Kept> kept = new HashMap<>();
    int saves;
    boolean broken;

    @Override
    public void save(String family, Kept next) {
      if (broken) {
        throw new IllegalStateException("the disk is full");
      }
      saves++;
      kept.put(family, next);
    }

    @Override
    public Map<String, Kept> load() {
      return Map.copyOf(kept);
    }
  }
}
