package dev.banyan.store.sqlite;

import dev.banyan.cutover.CandidateHealth;
import dev.banyan.cutover.Comparisons;
import dev.banyan.cutover.Cutover;
import dev.banyan.cutover.CutoverListener;
import dev.banyan.cutover.CutoverPorts;
import dev.banyan.cutover.CutoverResult;
import dev.banyan.cutover.FamilyPolicy;
import dev.banyan.cutover.Handovers;
import dev.banyan.cutover.Ledger;
import dev.banyan.cutover.Order;
import dev.banyan.cutover.Replicas;
import dev.banyan.cutover.RowAgreement;
import dev.banyan.cutover.Traffic;
import dev.banyan.migration.ParityEvidence;
import dev.banyan.migration.Side;
import dev.banyan.migration.SideEvidence;
import dev.banyan.statistics.TrafficTick;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/// A process that moves a family to and fro and prints each epoch once it is recorded.
final class WritesUntilKilled {
  private WritesUntilKilled() {}

  public static void main(String[] arguments) throws Exception {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    SqliteStore store = SqliteStore.open(Path.of(arguments[0]));
    Ledger ledger = new Ledger(store.migrations());
    Cutover cutover = cutover(store, ledger);
    Order order = Order.of("users", "test", "to and fro");
    while (true) {
      if (cutover.promote(order, null, null) instanceof CutoverResult.Done done) {
        out.println("recorded " + done.after().epoch() + " .");
      }
      if (cutover.rollback(order, null) instanceof CutoverResult.Done done && done.recorded()) {
        out.println("recorded " + done.after().epoch() + " .");
      }
    }
  }

  static Cutover cutover(SqliteStore store, Ledger ledger) {
    Cutover cutover =
        new Cutover(
            new CutoverPorts(
                store.migrations(),
                store.backlog(),
                state -> {},
                new NoTraffic(),
                new NothingCompared(),
                new NothingToAsk(),
                RowAgreement.NONE,
                Handovers.NONE,
                new CutoverListener() {},
                Replicas.ALONE,
                () -> Instant.EPOCH,
                () -> 0,
                Runnable::run),
            ledger,
            Cutover.Known.of(store.migrations()));
    cutover.configure(List.of(FamilyPolicy.plain("users")), states -> {});
    return cutover;
  }

  private static final class NothingToAsk implements CandidateHealth {
    @Override
    public Answer last(String family) {
      return new Undeclared();
    }

    @Override
    public Answer ask(String family) {
      return new Undeclared();
    }
  }

  private static final class NoTraffic implements Traffic {
    @Override
    public SideEvidence total(String family, long epoch, Side side) {
      return SideEvidence.NONE;
    }

    @Override
    public TrafficTick tick(String family, long epoch) {
      return TrafficTick.NONE;
    }
  }

  private static final class NothingCompared implements Comparisons {
    @Override
    public ParityEvidence evidence(String family) {
      return ParityEvidence.none(Instant.EPOCH);
    }

    @Override
    public long period(String family) {
      return 0;
    }

    @Override
    public void anew(String family) {}
  }
}
