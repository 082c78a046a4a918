package dev.banyan.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.app.DryRuns.Step;
import dev.banyan.exchange.Body;
import dev.banyan.exchange.Difference;
import dev.banyan.exchange.Exchange;
import dev.banyan.exchange.Headers;
import dev.banyan.exchange.Leg;
import dev.banyan.exchange.Request;
import dev.banyan.exchange.Response;
import dev.banyan.exchange.Verdict;
import dev.banyan.migration.Endpoint;
import dev.banyan.migration.Severity;
import dev.banyan.migration.Side;
import dev.banyan.parity.Books;
import dev.banyan.parity.ParityBook;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Whose word is taken for a dry run, and for how long.
class DryRunsTest {
  private static final String FAMILY = "f";
  private static final Endpoint POST = new Endpoint("POST", "/things");
  private static final Endpoint PUT = new Endpoint("PUT", "/things/{id}");
  private static final InetSocketAddress HERE = at("10.0.0.1");
  private static final InetSocketAddress THERE = at("10.0.0.2");

  private final ParityBook book = Books.book(new ForgetfulStore(), Instant.EPOCH);
  private long now = -5;
  private final DryRuns runs = new DryRuns(book, () -> now);

  private static InetSocketAddress at(String address) {
    return new InetSocketAddress(InetAddress.ofLiteral(address), 80);
  }

  private Step step() {
    return runs.step(FAMILY, POST);
  }

  private void answers(@Nullable InetSocketAddress at, boolean honoured) {
    runs.answered(FAMILY, POST, runs.now(FAMILY), at, honoured);
  }

  private boolean allows(InetSocketAddress to) {
    return runs.allows(FAMILY, POST, to);
  }

  private void pass(Duration time) {
    now += time.toNanos();
  }

  @Test
  void nothingIsSentBeforeTheWordWasGiven() {
    assertThat(step()).isEqualTo(Step.ASK);
    assertThat(allows(HERE)).isFalse();
    answers(HERE, true);
    assertThat(step()).isEqualTo(Step.SEND);
    assertThat(allows(HERE)).isTrue();
    assertThat(allows(InetSocketAddress.createUnresolved("here.test", 80))).isFalse();
  }

  @Test
  void theWordIsForOneEndpointOfOneFamily() {
    answers(HERE, true);
    assertThat(runs.step(FAMILY, PUT)).isEqualTo(Step.ASK);
    assertThat(runs.allows(FAMILY, PUT, HERE)).isFalse();
    assertThat(runs.allows("other", POST, HERE)).isFalse();
  }

  @Test
  void theWordHoldsForAMinute() {
    answers(HERE, true);
    pass(DryRuns.HOLDS.minusNanos(1));
    assertThat(allows(HERE)).isTrue();
    pass(Duration.ofNanos(1));
    assertThat(allows(HERE)).isFalse();
    assertThat(step()).isEqualTo(Step.ASK);
  }

  @Test
  void eachAddressHasToGiveItItself() {
    answers(HERE, true);
    assertThat(allows(THERE)).isFalse();
    assertThat(step()).as("the other one is asked as well").isEqualTo(Step.ASK);
    answers(THERE, true);
    assertThat(step()).isEqualTo(Step.SEND);
    assertThat(allows(HERE)).isTrue();
    assertThat(allows(THERE)).isTrue();
  }

  @Test
  void afterARefusalNobodyIsAskedForAWhile() {
    answers(HERE, true);
    answers(HERE, false);
    assertThat(allows(HERE)).as("it has taken its word back").isFalse();
    assertThat(step()).isEqualTo(Step.LEAVE);
    pass(DryRuns.REST);
    assertThat(step()).isEqualTo(Step.ASK);
    answers(null, true);
    assertThat(step()).as("nobody has said it").isEqualTo(Step.LEAVE);
  }

  @Test
  void whatWasAskedBeforeAReloadOrAResetCountsForNothingAfterIt() {
    answers(HERE, true);
    DryRuns.Moment beforeReload = runs.now(FAMILY);
    runs.adopt(List.of(FAMILY));
    assertThat(allows(HERE)).isFalse();
    runs.answered(FAMILY, POST, beforeReload, HERE, true);
    assertThat(allows(HERE)).isFalse();

    answers(HERE, true);
    DryRuns.Moment beforeReset = runs.now(FAMILY);
    book.reset(FAMILY, Instant.EPOCH);
    assertThat(allows(HERE)).isFalse();
    runs.answered(FAMILY, POST, beforeReset, HERE, true);
    assertThat(allows(HERE)).isFalse();
    assertThat(step()).isEqualTo(Step.ASK);
  }

  @Test
  void aSideThatGaveNoAnswerIsAskedAgain() {
    answers(HERE, true);
    runs.forget(FAMILY, POST);
    assertThat(allows(HERE)).isFalse();
    assertThat(step()).isEqualTo(Step.ASK);
  }

  @Test
  void aBrokenWordEndsAllOfTheFamilysDryRunsUntilAReset() {
    answers(HERE, true);
    runs.end(FAMILY, POST, book.period(FAMILY));
    assertThat(allows(HERE)).isFalse();
    assertThat(step()).isEqualTo(Step.LEAVE);
    assertThat(runs.step(FAMILY, PUT)).isEqualTo(Step.LEAVE);
    assertThat(runs.step("other", POST)).isEqualTo(Step.ASK);
    runs.adopt(List.of(FAMILY));
    answers(HERE, true);
    assertThat(step()).as("a reload is no reset").isEqualTo(Step.LEAVE);
    assertThat(allows(HERE)).isFalse();

    long former = book.period(FAMILY);
    book.reset(FAMILY, Instant.EPOCH);
    runs.end(FAMILY, POST, former);
    assertThat(step()).as("what was sent before says nothing now").isEqualTo(Step.ASK);
  }

  @Test
  void evidenceOfABrokenWordEndsThemFromTheStart() {
    Response empty = new Response(204, Headers.NONE, Body.EMPTY);
    Exchange exchange =
        new Exchange(
            "id",
            FAMILY,
            1,
            POST,
            new Request("POST", "/things", Headers.NONE, Body.EMPTY),
            new Leg.Answered(Side.LEGACY, empty, Duration.ZERO),
            new Leg.Answered(Side.CANDIDATE, empty, Duration.ZERO));
    Difference broken =
        new Difference(
            DryRuns.PLACE, Difference.Kind.MISSING, Severity.BREAKING, DryRuns.HONOURED, null);
    book.record(exchange, book.period(FAMILY), new Verdict.Mismatch(List.of(broken)));
    runs.adopt(List.of(FAMILY, "other"));
    assertThat(step()).isEqualTo(Step.LEAVE);
    assertThat(runs.step("other", POST)).isEqualTo(Step.ASK);
  }
}
