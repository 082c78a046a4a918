package dev.banyan.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banyan.exchange.Difference;
import dev.banyan.exchange.Exchange;
import dev.banyan.exchange.Verdict;
import dev.banyan.migration.Endpoint;
import dev.banyan.migration.ParityEvidence;
import dev.banyan.migration.ParityEvidence.FieldDifference;
import dev.banyan.migration.Severity;
import dev.banyan.parity.ParityStore.Kept;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ParityBookTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Exchange EXCHANGE = Answers.get("/users/4711", "/users/{id}");

  private final MapStore store = new MapStore();
  private final ParityBook book = book(BookLimits.STANDARD);

  private ParityBook book(BookLimits limits) {
    return new ParityBook(store, new Redaction(new byte[16]), limits, START);
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
  void keepsAFewSamplesTheLastOfThemFromLater() {
    for (int i = 0; i < 1_000; i++) {
      record(mismatch("body:$.n", "%04d".formatted(i), "x"));
    }
    FieldDifference field = book.evidence("users").endpoints().getFirst().differences().getFirst();
    Redaction redaction = new Redaction(new byte[16]);
    assertThat(field.count()).isEqualTo(1_000);
    assertThat(field.samples())
        .extracting(ParityEvidence.Sample::legacy)
        .containsExactly(
            redaction.value("body:$.n", "0000"),
            redaction.value("body:$.n", "0001"),
            redaction.value("body:$.n", "0511"));
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
    ParityBook small = book(new BookLimits(2, 2, 2, 1));
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
        .containsExactly("(other) 3", "body:$.f0 1", "body:$.f1 1");
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
