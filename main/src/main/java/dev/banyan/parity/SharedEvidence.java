package dev.banyan.parity;

import dev.banyan.migration.ParityEvidence;
import dev.banyan.parity.ParityStore.Kept;
import dev.banyan.parity.SharedParity.Counted;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What the replicas of a gateway have counted together: this one's book, and what the others last
/// saved of theirs.
///
/// Only what was counted of the same two sides, by the same rules, is added up; a replica that runs
/// with another configuration counts for itself until it has read this one. May be used from any
/// thread; [#evidence] never waits.
public final class SharedEvidence {
  /// After so many looks at the others, what is left of those that are gone is put together.
  private static final int TURNS = 60;

  private final ParityBook book;
  private final SharedParity store;
  private final int samples;
  private volatile Map<String, Counted> others = Map.of();

  /// Of the thread that refreshes.
  private int turn;

  /// @param samples the most that are shown of one difference
  public SharedEvidence(ParityBook book, SharedParity store, int samples) {
    this.book = book;
    this.store = store;
    this.samples = samples;
  }

  /// Starts the family's evidence anew on all replicas; on this one before this returns.
  ///
  /// @throws RuntimeException of the store; the evidence of this replica is new all the same, that
  ///   of the others is not
  public void reset(String family, Instant now) {
    long period;
    try {
      period = store.begin(family);
    } catch (RuntimeException e) {
      resetOwn(family, now, e);
      throw e;
    }
    book.reset(family, now);
    store.adopt(family, period);
  }

  private void resetOwn(String family, Instant now, RuntimeException why) {
    try {
      book.reset(family, now);
    } catch (RuntimeException e) {
      why.addSuppressed(e);
    }
  }

  /// Takes over what the others have counted, and begins anew where one of them did. To be called
  /// each second or so, by one thread that may wait.
  ///
  /// @param rules takes over what the others have ruled. Whoever rules keeps that ahead of
  ///   beginning anew, so it is asked between hearing of a new period and taking part in it:
  ///   nothing is counted in one by rules from before it
  /// @throws RuntimeException of the store; what was known stays
  public void refresh(Instant now, Runnable rules) {
    Map<String, Long> begun = store.begun();
    rules.run();
    begun.forEach((family, period) -> {
      // In this order: what is saved in between belongs to the former period, and is void.
      book.reset(family, now);
      store.adopt(family, period);
    });
    others = store.others();
    turn = (turn + 1) % TURNS;
    if (turn == 0) {
      store.gather();
    }
  }

  /// The period that what this replica counts of a family belongs to.
  public long period(String family) {
    return store.adopted(family);
  }

  /// What all replicas have counted in the family's current period.
  public ParityEvidence evidence(String family) {
    Counted counted = others.get(family);
    if (counted == null || counted.period() != store.adopted(family)) {
      return book.evidence(family);
    }
    Kept own = book.kept(family);
    List<Kept> all = new ArrayList<>(List.of(own));
    counted.kept().stream().filter(kept -> kept.sides().equals(own.sides())).forEach(all::add);
    return ParitySum.evidence(all, samples);
  }
}
