package dev.banyan.cutover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.migration.GateReading;
import dev.banyan.migration.GateReading.Opinion;
import dev.banyan.statistics.OneArmTest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// The walk, with a replayer of one gate: the one-arm test, from its two counts.
class ReplayTest {
  private static final double LIMIT = 0.01;
  private static final Pattern COUNTS = Pattern.compile("\\{\"trials\":(\\d+),\"events\":(\\d+)}");

  private final InMemoryMigrations store = new InMemoryMigrations();
  private final Ledger ledger = new Ledger(store);

  private static GateReading reading(long trials, long events) {
    double logE = OneArmTest.logE(LIMIT, trials, events);
    Opinion opinion = logE >= Math.log(20) ? Opinion.PROMOTE : Opinion.HOLD;
    return new GateReading("parity", opinion, Map.of("logE", logE), "");
  }

  private static Optional<String> disagreement(LedgerEntry entry) {
    Matcher counts = COUNTS.matcher(String.valueOf(entry.evidence()));
    if (!counts.matches()) {
      throw new IllegalArgumentException("no counts in " + entry.evidence());
    }
    GateReading now = reading(Long.parseLong(counts.group(1)), Long.parseLong(counts.group(2)));
    GateReading then = entry.gates().getFirst();
    double is = now.numbers().getOrDefault("logE", 0.0);
    double was = then.numbers().getOrDefault("logE", 0.0);
    boolean same =
        Double.doubleToLongBits(is) == Double.doubleToLongBits(was)
            && now.opinion() == then.opinion();
    return same
        ? Optional.empty()
        : Optional.of(
            now.opinion().word()
                + " at "
                + is
                + ", recorded: "
                + then.opinion().word()
                + " at "
                + was);
  }

  private void append(
      LedgerEntry.Kind kind, String actor, @Nullable String evidence, GateReading... gates) {
    ledger.append(
        new LedgerEntry.Draft(
            Instant.EPOCH, kind, "users", actor, "", null, null, List.of(gates), null, evidence),
        null,
        null);
  }

  private void promote(long trials, long events, GateReading gate) {
    append(
        LedgerEntry.Kind.PROMOTE,
        Cutover.ITSELF,
        "{\"trials\":" + trials + ",\"events\":" + events + "}",
        gate);
  }

  @Test
  void aDecisionComesOutTheSame() {
    for (long trials = 1; trials <= 500; trials++) {
      promote(trials, trials / 200, reading(trials, trials / 200));
    }

    assertThat(ledger.replay(ReplayTest::disagreement, 1))
        .isEqualTo(new Replay(500, 500, 0, 0, null));
  }

  @Test
  void oneBitIsADisagreement() {
    promote(400, 0, reading(400, 0));
    double logE = OneArmTest.logE(LIMIT, 400, 0);
    promote(
        400, 0, new GateReading("parity", Opinion.PROMOTE, Map.of("logE", Math.nextUp(logE)), ""));
    promote(10, 0, new GateReading("parity", Opinion.PROMOTE, reading(10, 0).numbers(), ""));

    Replay replay = ledger.replay(ReplayTest::disagreement, 1);

    assertThat(replay.replayed()).isEqualTo(3);
    assertThat(replay.disagreed()).isEqualTo(2);
    assertThat(replay.first())
        .isEqualTo(
            new Replay.Disagreement(
                2, "promote at " + logE + ", recorded: promote at " + Math.nextUp(logE)));
  }

  @Test
  void evidenceThatCanNotBeReadIsADisagreement() {
    append(LedgerEntry.Kind.ROLLBACK, Cutover.ITSELF, "torn");

    Replay replay = ledger.replay(ReplayTest::disagreement, 1);

    assertThat(replay.first())
        .isEqualTo(
            new Replay.Disagreement(1, "its evidence can not be evaluated: no counts in torn"));
  }

  @Test
  void leavesOutWhatPeopleDecidedAndCountsWhatHasNoEvidence() {
    append(LedgerEntry.Kind.ROLLBACK, "ann", null);
    append(LedgerEntry.Kind.START, Cutover.ITSELF, null);
    append(LedgerEntry.Kind.ALARM, Cutover.ITSELF, null);
    append(LedgerEntry.Kind.PRUNE, Cutover.ITSELF, "{\"removedThrough\":1}");
    promote(400, 0, reading(400, 0));

    assertThat(ledger.replay(ReplayTest::disagreement, 1)).isEqualTo(new Replay(5, 1, 1, 0, null));
    assertThat(ledger.replay(ReplayTest::disagreement, 5)).isEqualTo(new Replay(1, 1, 0, 0, null));
    assertThat(ledger.replay(ReplayTest::disagreement, 6)).isEqualTo(new Replay(0, 0, 0, 0, null));
  }
}
