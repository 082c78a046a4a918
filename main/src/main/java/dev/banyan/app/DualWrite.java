package dev.banyan.app;

import dev.banyan.dual.DirtyKeys;
import dev.banyan.dual.DualOptions;
import dev.banyan.dual.Entry;
import dev.banyan.dual.EntryState;
import dev.banyan.dual.Outbox;
import dev.banyan.dual.Step;
import dev.banyan.exchange.Request;
import dev.banyan.proxy.KeptWrite;
import dev.banyan.routing.Decision;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One write that goes to both sides, from its decision to what its owner made of it.
///
/// It belongs to the event loop of its request; that it was written down is told on another thread,
/// before the loop hears of it.
final class DualWrite implements KeptWrite {
  private static final Outbox.Told NOBODY = _ -> {};

  private final DualSend dual;
  private final String family;
  private final Decision decision;
  private final long unit;
  private final DualOptions options;
  private final boolean full;

  /// Once it is written down; null for one that goes without.
  private volatile Step.@Nullable Remove entry;

  /// @param full whether the outbox takes no more of the family
  DualWrite(
      DualSend dual,
      String family,
      Decision decision,
      long unit,
      DualOptions options,
      boolean full) {
    this.dual = dual;
    this.family = family;
    this.decision = decision;
    this.unit = unit;
    this.options = options;
    this.full = full;
  }

  @Override
  public String freshKey() {
    return dual.freshKey();
  }

  @Override
  public int mostBody() {
    return options.body();
  }

  @Override
  public boolean mayGoWithout() {
    return options.larger() == DualOptions.Larger.DIRTY;
  }

  @Override
  public void keep(Request request, String key, boolean clientsOwn, Consumer<Told> told) {
    if (full) {
      without(told);
    } else if (options.touches().rules().isEmpty() || request.body().length() == 0) {
      intend(request, key, clientsOwn, told);
    } else {
      try {
        // What is touched is perhaps in a body that takes its time to read.
        dual.blocking().execute(() -> intend(request, key, clientsOwn, told));
      } catch (RejectedExecutionException e) {
        told.accept(Told.UNAVAILABLE);
      }
    }
  }

  private void intend(Request request, String key, boolean clientsOwn, Consumer<Told> told) {
    Set<String> touched = options.touches().of(decision.route().endpoint().template(), request);
    Entry intended =
        Entry.intended(
            family,
            unit,
            decision.primary(),
            dual.writer(),
            dual.clock().instant(),
            request,
            key,
            clientsOwn,
            touched);
    dual.outbox().intend(intended, new Heard(told, touched));
  }

  @Override
  public void without(Consumer<Told> told) {
    dual.outbox().mark(family, Set.of(DirtyKeys.WHOLE), new Heard(told, null));
  }

  /// Hears on the writing thread, and tells the gateway.
  private final class Heard implements Outbox.Told {
    private final Consumer<Told> told;

    /// By the entry; null where there is none.
    private final @Nullable Set<String> touched;

    Heard(Consumer<Told> told, @Nullable Set<String> touched) {
      this.told = told;
      this.touched = touched;
    }

    @Override
    public void written(long number) {
      if (touched != null) {
        entry = new Step.Remove(number, EntryState.INTENDED, family, touched);
      }
      told.accept(KeptWrite.Told.KEPT);
    }

    @Override
    public void refused(boolean tooMuch) {
      told.accept(tooMuch ? KeptWrite.Told.FULL : KeptWrite.Told.UNAVAILABLE);
    }
  }

  @Override
  public void answered(int status) {
    Step.Remove written = entry;
    if (written == null) {
      return;
    }
    String says = "the " + decision.primary().word() + " answered " + status;
    switch (status / 100) {
      case 2, 3 -> settle(move(written, EntryState.ACCEPTED, says));
      case 4 -> settle(written); // nothing to send
      default -> settle(move(written, unknown(), says));
    }
  }

  @Override
  public void unanswered(boolean mayHaveReached) {
    Step.Remove written = entry;
    if (written != null) {
      settle(
          mayHaveReached
              ? move(
                  written,
                  unknown(),
                  "the " + decision.primary().word() + " did not answer, or its client left")
              : written);
    }
  }

  private EntryState unknown() {
    return options.idempotent() ? EntryState.ASKING : EntryState.INDETERMINATE;
  }

  private static Step move(Step.Remove of, EntryState to, String says) {
    return new Step.Move(of.seq(), EntryState.INTENDED, to, 0, says);
  }

  private void settle(Step step) {
    dual.outbox().settle(step, NOBODY);
  }
}
