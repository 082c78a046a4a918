package dev.banyan.cutover;

import dev.banyan.cutover.CutoverResult.Code;
import dev.banyan.cutover.CutoverResult.Done;
import dev.banyan.cutover.CutoverResult.Refused;
import dev.banyan.migration.DataOwnership;
import dev.banyan.migration.FamilyState;
import dev.banyan.migration.Phase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one step that is more than a change of the table: the writes of families that have rows of
/// their own at each side. Part of [Cutover].
///
/// Families that write the same tables go together, all or none.
final class OwnWrites {
  private static final Logger log = LoggerFactory.getLogger(OwnWrites.class);

  /// How long the store may take to say where families stand.
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final CutoverPorts ports;
  private final Families families;
  private final Promotions promotions;
  private final Rollbacks rollbacks;
  private final Moves moves;

  OwnWrites(
      CutoverPorts ports,
      Families families,
      Promotions promotions,
      Rollbacks rollbacks,
      Moves moves) {
    this.ports = ports;
    this.families = families;
    this.promotions = promotions;
    this.rollbacks = rollbacks;
    this.moves = moves;
  }

  /// Whether the step out of `reads` needs more than the table. Writes that go to both sides need
  /// no handover: what is under way goes on to the other side, whichever that is, in its order.
  boolean concerns(Families.Configured found) {
    return concerns(ports, found.policy());
  }

  private static boolean concerns(CutoverPorts ports, FamilyPolicy policy) {
    return policy.data() == DataOwnership.SYNCED
        && !(ports.rows().of(policy.family()) instanceof RowAgreement.Sent);
  }

  /// Whether the candidate owns the writes, so that they must be handed back.
  boolean isOwner(Families.Configured found) {
    return isOwner(ports, found.policy(), found.family().standing());
  }

  static boolean isOwner(CutoverPorts ports, FamilyPolicy policy, Standing at) {
    return !at.state().phase().name().before(Phase.Name.WRITES) && concerns(ports, policy);
  }

  /// Gives the writes to the candidate.
  ///
  /// @param unfenced whether an approver has said that it may go on without a fence
  CutoverResult forward(Families.Configured found, Promotions.Ask ask, boolean unfenced) {
    Map<String, Families.Configured> all = together(found);
    List<Families.Configured> moving = new ArrayList<>();
    for (Families.Configured each : all.values()) {
      Phase.Name phase = each.family().standing().state().phase().name();
      if (phase.before(Phase.Name.READS)) {
        return Refusals.illegal(
            ask.order(),
            each.policy().family()
                + " writes the same tables and is in "
                + phase.word()
                + "; their writes change sides together, once all are in reads");
      }
      if (phase == Phase.Name.READS) {
        // All are judged before anything is held.
        if (promotions.judge(each, asked(ask, each)) instanceof Promotions.No no) {
          return no.refused();
        }
        moving.add(each);
      }
    }
    OptionalLong term = ports.replicas().term();
    if (term.isEmpty()) {
      return elsewhere();
    }
    Map<String, Done> done = new TreeMap<>();
    Handovers.Flip flip = flip(moving, true, () -> flip(moving, ask, term.getAsLong(), done));
    return handed(found, new Handovers.Turn(true, unfenced, flip, false), done);
  }

  /// The controller moves the rows, and what it decides is written in its term or not at all: a
  /// process that was stopped in the middle changes nothing when it goes on.
  private static Refused elsewhere() {
    return new Refused(
        Code.HANDOVER_FAILED,
        "the writes stay where they were: the controller alone gives them to another owner, and"
            + " this replica is not the controller; ask again");
  }

  private Optional<String> flip(
      List<Families.Configured> moving, Promotions.Ask ask, long term, Map<String, Done> done) {
    List<Moves.Plan> plans = new ArrayList<>();
    for (Families.Configured each : moving) {
      Promotions.Ask own = asked(ask, each);
      switch (promotions.judge(each, own)) {
        case Promotions.No(Refused refused) -> {
          return Optional.of(each.policy().family() + ": " + refused.detail());
        }
        case Promotions.Yes yes -> plans.add(promotions.plan(each, own.order(), yes));
      }
    }
    return flipped(moving, moves.finishAll(moves.begin(plans, term, true)), true, done);
  }

  /// @param results of the families in their order, or the one reason why none has moved
  private Optional<String> flipped(
      List<Families.Configured> moving,
      List<CutoverResult> results,
      boolean toCandidate,
      Map<String, Done> done) {
    // Where it was written all the same, something has come after it.
    boolean written = moving.stream().allMatch(each -> isOwner(each) == toCandidate);
    for (CutoverResult result : results) {
      if (result instanceof Refused refused && !written) {
        return Optional.of(refused.detail());
      }
    }
    for (int i = 0; i < moving.size(); i++) {
      Families.Configured each = moving.get(i);
      FamilyState now = each.family().state();
      Done moved =
          i < results.size() && results.get(i) instanceof Done found
              ? found
              : new Done(now, now, Duration.ZERO, true);
      done.put(each.policy().family(), acknowledged(moved));
    }
    return Optional.empty();
  }

  /// All that steer by something older have heard of it, or their lease is over. What is written is
  /// no less so where that can not be told.
  private Done acknowledged(Done moved) {
    try {
      long head = ports.store().head().map(LedgerEntry::seq).orElse(0L);
      return new Done(
          moved.before(),
          moved.after(),
          moved.swap(),
          moved.recorded(),
          ports.replicas().await(head));
    } catch (UncheckedIOException e) {
      log.warn("the writes have changed sides; whether all replicas know is not known", e);
      return moved;
    }
  }

  private static Promotions.Ask asked(Promotions.Ask ask, Families.Configured each) {
    boolean same = ask.order().family().equals(each.policy().family());
    Order own = ask.order().on(each.policy().family());
    return new Promotions.Ask(own, Phase.Name.WRITES, same ? ask.weight() : null, ask.forced());
  }

  /// Gives the writes back to the legacy, and takes the families back to an earlier phase.
  CutoverResult back(
      Families.Configured found, Phase.@Nullable Name to, Rollbacks.Cause cause, boolean unfenced) {
    return back(found, to, cause, unfenced, false);
  }

  /// @param lossAccepted whether rows that the legacy does not have may be lost to it; without that
  ///   there is no way back for families of which one is retired
  CutoverResult back(
      Families.Configured found,
      Phase.@Nullable Name to,
      Rollbacks.Cause cause,
      boolean unfenced,
      boolean lossAccepted) {
    OptionalLong term = ports.replicas().term();
    if (term.isEmpty()) {
      return elsewhere();
    }
    List<Families.Configured> moving =
        together(found).values().stream().filter(this::isOwner).toList();
    for (Families.Configured each : moving) {
      Phase now = each.family().standing().state().phase();
      Phase.Name target = to == null ? Ladder.defaultRollback(now.name()) : to;
      String illegal = StepChoice.whyNotBack(now, each.policy(), target, false);
      if (illegal != null && !(lossAccepted && target.before(now.name()))) {
        return Refusals.illegal(
            cause.order(), each.policy().family() + " goes with it: " + illegal);
      }
    }
    Map<String, Done> done = new TreeMap<>();
    long inTerm = term.getAsLong();
    Handovers.Flip flip =
        flip(
            moving,
            false,
            () ->
                flipped(
                    moving,
                    rollbacks.backOnceWritten(moving, to, cause, inTerm, lossAccepted),
                    false,
                    done));
    return handed(found, new Handovers.Turn(false, unfenced, flip, lossAccepted), done);
  }

  private Handovers.Flip flip(
      List<Families.Configured> moving, boolean toCandidate, Supplier<Optional<String>> moves) {
    Set<String> names =
        moving.stream().map(each -> each.policy().family()).collect(Collectors.toSet());
    return new Handovers.Flip() {
      @Override
      public Optional<String> flip() {
        try {
          return moves.get();
        } catch (RuntimeException e) {
          // The families may have moved all the same: whoever asks looks at what is written.
          log.error("moving {} failed while their writes change sides", names, e);
          return Optional.of(String.valueOf(e.getMessage()));
        }
      }

      @Override
      public boolean isWritten() {
        List<Standing> stored = takenOver(names);
        return stored.size() == names.size()
            && stored.stream()
                .map(each -> each.state().phase().name())
                .allMatch(phase -> phase.before(Phase.Name.WRITES) != toCandidate);
      }
    };
  }

  /// Where the store has families, as they stand here too then: what was written and not answered
  /// would else be in force for the rows alone. On the thread that writes, in the store's order.
  ///
  /// @throws UncheckedIOException when that can not be read
  List<Standing> takenOver(Set<String> names) {
    CompletableFuture<List<Standing>> read = new CompletableFuture<>();
    try {
      ports
          .executor()
          .execute(() -> {
            try {
              List<Standing> stored =
                  ports.store().stored().stream()
                      .filter(each -> names.contains(each.state().family()))
                      .toList();
              stored.forEach(each -> moves.adopt(families.of(each), each));
              read.complete(stored);
            } catch (RuntimeException | Error e) {
              read.completeExceptionally(e);
            }
          });
      return read.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unread(names, e);
    } catch (ExecutionException | TimeoutException | RejectedExecutionException e) {
      throw unread(names, e);
    }
  }

  private static UncheckedIOException unread(Set<String> names, Exception why) {
    return new UncheckedIOException(
        new IOException("where " + names + " stand can not be read", why));
  }

  private CutoverResult handed(
      Families.Configured found, Handovers.Turn turn, Map<String, Done> done) {
    try {
      Optional<String> why = ports.handovers().hand(found.policy().family(), turn);
      Done moved = done.get(found.policy().family());
      if (why.isPresent() && moved == null) {
        return new Refused(
            Code.HANDOVER_FAILED, "the writes stay where they were: " + why.orElseThrow());
      }
      why.ifPresent(says -> log.warn("the writes have changed sides; but then: {}", says));
      FamilyState now = found.family().state();
      return moved == null ? acknowledged(new Done(now, now, Duration.ZERO, true)) : moved;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Refused(
          Code.HANDOVER_FAILED, "interrupted; banyan status says who owns the writes");
    }
  }

  private Map<String, Families.Configured> together(Families.Configured found) {
    Map<String, Families.Configured> all = new TreeMap<>();
    all.put(found.policy().family(), found);
    for (String name : ports.handovers().together(found.policy().family())) {
      families.find(name).ifPresent(each -> all.put(name, each));
    }
    return all;
  }
}
