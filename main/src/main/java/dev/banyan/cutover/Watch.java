package dev.banyan.cutover;

import dev.banyan.cutover.Controller.Decision;
import dev.banyan.cutover.CutoverResult.Refused;
import dev.banyan.cutover.LedgerEntry.Draft;
import dev.banyan.cutover.LedgerEntry.Kind;
import dev.banyan.migration.GateReading;
import dev.banyan.migration.Phase;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the program does by itself: it asks the [Controller] at every look, and carries out what
/// that decides. Part of [Cutover]; for one thread, which never waits.
final class Watch {
  private static final Logger log = LoggerFactory.getLogger(Watch.class);

  private static final long RETRY_NANOS = Duration.ofSeconds(1).toNanos();
  private static final long ADVANCE_NANOS = Duration.ofSeconds(1).toNanos();

  /// How long a process that is in touch again goes without a candidate that it has taken off by
  /// itself: another controller is in office after a lease and its margin, and has had what was
  /// seen here some ticks later.
  private static final long AGAIN_NANOS = Duration.ofSeconds(10).toNanos();

  /// How long another's word that it takes a family back is taken for that.
  private static final long HINT_NANOS = Duration.ofSeconds(2).toNanos();

  private static final String ITSELF = Cutover.ITSELF;

  private final CutoverPorts ports;
  private final Families families;
  private final Moves moves;
  private final Promotions promotions;
  private final Rollbacks rollbacks;
  private final OwnWrites ownWrites;
  private long retriedAt;
  private long advancedAt;

  Watch(
      CutoverPorts ports,
      Families families,
      Moves moves,
      Promotions promotions,
      Rollbacks rollbacks,
      OwnWrites ownWrites) {
    this.ports = ports;
    this.families = families;
    this.moves = moves;
    this.promotions = promotions;
    this.rollbacks = rollbacks;
    this.ownWrites = ownWrites;
  }

  /// One look at every family.
  void tick() {
    long now = ports.nanos().getAsLong();
    boolean advancing = now - advancedAt >= ADVANCE_NANOS;
    if (advancing) {
      advancedAt = now;
    }
    families.forEach(found -> {
      try {
        families.fold(found, now);
        act(found, now, advancing);
      } catch (RuntimeException e) {
        // One family's fault must not leave the others unwatched.
        log.error("watching {} failed; the other families are watched", found.policy(), e);
      }
    });
    if (moves.journal().behind() && now - retriedAt >= RETRY_NANOS) {
      retriedAt = now;
      moves.journal().write();
    }
  }

  private void act(Families.Configured found, long now, boolean advancing) {
    Family family = found.family();
    Replicas replicas = ports.replicas();
    OptionalLong term = replicas.term();
    if (family.alone() != null) {
      lookAgain(found, now);
    }
    // Whoever is not cut off has read by now what was written, if it was.
    if (family.hintedInVain(now, HINT_NANOS) && !replicas.cutOff()) {
      moves.change(family, () -> family.hint(null, -1, now));
    }
    if (term.isEmpty() && !replicas.cutOff()) {
      return;
    }
    if (family.denial() != null) {
      guardWhatIsLeft(found, term);
      return;
    }
    Standing standing = family.standing();
    Phase next = Ladder.next(standing.state().phase(), found.policy()).orElse(null);
    EvidencePeriod period = families.period(found);
    Situation situation = families.situation(found, standing, next);
    Decision harm = Controller.guard(situation).orElse(null);
    if (harm != null) {
      perform(found, period, situation, harm, term);
    } else if (advancing && term.isPresent()) {
      Obstacle obstacle = promotions.obstacle(found);
      Controller.advance(new Controller.Input(situation, obstacle))
          .filter(decision -> isFresh(family, decision, now))
          .ifPresent(decision -> perform(found, period, situation, decision, term));
    }
  }

  /// A rollback that the store does not have yet may have left the candidate a part of the
  /// requests, and no store that is gone keeps that from being taken back as well.
  private void guardWhatIsLeft(Families.Configured found, OptionalLong term) {
    Situation situation = families.situation(found, found.family().steered(), null);
    if (Controller.guard(situation).orElse(null) instanceof Decision.RollBack back) {
      if (term.isEmpty()) {
        denyAlone(found, situation, back);
      } else {
        rollBack(found, situation, back, null, term.getAsLong());
      }
    }
  }

  private static boolean isFresh(Family family, Decision decision, long now) {
    return !(decision instanceof Decision.Promote)
        || (!family.pending() && family.mayTry(now, 10 * RETRY_NANOS));
  }

  private void perform(
      Families.Configured found,
      EvidencePeriod period,
      Situation situation,
      Decision decision,
      OptionalLong term) {
    Family family = found.family();
    String name = found.policy().family();
    Long inTerm = term.isPresent() ? term.getAsLong() : null;
    switch (decision) {
      case Decision.RollBack back when inTerm == null -> denyAlone(found, situation, back);
      case Decision.RollBack back -> rollBack(found, situation, back, situation.standing(), inTerm);
      case Decision.HandBack back -> {
        // No process alone gives writes to another owner.
        if (inTerm != null
            && family.handBacks().begin(situation.standing().state().epoch(), now())) {
          ports.handovers().begin(() -> handBack(found, situation, back, inTerm));
        }
      }
      case Decision.Alarm alarm -> {
        if (inTerm != null && family.newAlarm()) {
          alarm(situation, alarm.harm(), alarm.why());
        }
      }
      case Decision.Promote promote -> {
        Order order = Order.of(name, ITSELF, "every gate agrees (auto: full)");
        Promotions.Yes yes = new Promotions.Yes(period, situation, promote.gates(), false);
        var _ = moves.begin(promotions.plan(found, order, yes), inTerm);
      }
      case Decision.OutOfReach far -> {
        if (family.newOutOfReach()) {
          ports.listener().waiting(name, far.why());
        }
      }
      case Decision.Wait wait -> {
        if (family.newWait(wait.why())) {
          ports.listener().waiting(name, wait.why());
        }
      }
    }
  }

  /// @param only as [Rollbacks.Cause] has it
  private void rollBack(
      Families.Configured found,
      Situation situation,
      Decision.RollBack back,
      @Nullable Standing only,
      Long term) {
    String name = found.policy().family();
    Rollbacks.Cause cause =
        new Rollbacks.Cause(
            Order.of(name, ITSELF, back.why()),
            only,
            term,
            back.harm(),
            Recorded.write(situation),
            back.hold());
    CutoverResult result = rollbacks.goBack(found, back.to(), cause).result();
    log.warn("{} does harm: {}: {}", name, back.why(), result);
  }

  private long now() {
    return ports.nanos().getAsLong();
  }

  /// On a thread that may wait. Each try that came to nothing is told.
  private void handBack(
      Families.Configured found, Situation situation, Decision.HandBack back, long term) {
    Rollbacks.Cause cause =
        new Rollbacks.Cause(
            Order.of(found.policy().family(), ITSELF, back.why()),
            situation.standing(),
            term,
            back.harm(),
            Recorded.write(situation),
            back.hold());
    CutoverResult result = new Refused(CutoverResult.Code.HANDOVER_FAILED, "it failed");
    try {
      log.warn("{} does harm: {}; its writes are given back", found.policy().family(), back.why());
      result = ownWrites.back(found, back.to(), cause, false);
    } finally {
      Duration pause = found.family().handBacks().ended(now());
      if (result instanceof Refused refused) {
        String then =
            pause.isZero()
                ? "not tried again: take it back by banyan rollback"
                : "tried again in " + Wording.time(pause);
        alarm(
            situation,
            back.harm(),
            back.why() + ". Not rolled back: " + refused.detail() + "; " + then);
      }
    }
  }

  /// What is told once must not be lost because the store fails just then: it waits for it.
  private void alarm(Situation situation, List<GateReading> harm, String why) {
    String name = situation.policy().family();
    log.warn("{} does harm: {}", name, why);
    Draft draft =
        new Draft(
            moves.now(),
            Kind.ALARM,
            name,
            ITSELF,
            why,
            null,
            null,
            harm,
            null,
            Recorded.write(situation));
    var _ = moves.note(draft, null, new Journal.InForce("alarm " + name, null));
  }

  /// Cut off from the store this process decides for itself alone, which is no new epoch.
  private void denyAlone(Families.Configured found, Situation situation, Decision.RollBack back) {
    Family family = found.family();
    if (family.alone() != null) {
      return;
    }
    Phase phase = family.standing().state().phase();
    String why = "cut off from the store, and the candidate does harm: " + back.why();
    Denial denial = new Denial(phase.backTo(back.to(), found.policy().weights().getFirst()), why);
    moves.change(family, () -> family.alone(denial, ports.nanos().getAsLong()));
    log.warn("{} denies itself the candidate: {}", found.policy().family(), why);
    Draft draft =
        new Draft(
            moves.now(),
            Kind.DENY,
            found.policy().family(),
            ITSELF,
            why,
            null,
            null,
            back.harm(),
            null,
            Recorded.write(situation));
    var _ = moves.note(draft, null, new Journal.InForce("deny " + found.policy().family(), null));
  }

  /// What was seen here while nobody could be told has to reach the one who decides first.
  private void lookAgain(Families.Configured found, long now) {
    Family family = found.family();
    if (ports.replicas().cutOff()) {
      family.stillAlone(now);
    } else if (family.decidedElsewhere(now, AGAIN_NANOS)) {
      allowAgain(found);
    }
  }

  private void allowAgain(Families.Configured found) {
    Family family = found.family();
    moves.change(family, () -> family.alone(null, ports.nanos().getAsLong()));
    String name = found.policy().family();
    var _ =
        moves.note(
            Kind.ALLOW, name, ITSELF, "the store is back, and the controller decides", List.of());
  }
}
