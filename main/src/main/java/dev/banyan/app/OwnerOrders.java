package dev.banyan.app;

import dev.banyan.cutover.Cutover;
import dev.banyan.cutover.CutoverResult;
import dev.banyan.cutover.CutoverResult.Code;
import dev.banyan.cutover.Order;
import dev.banyan.cutover.Replicas;
import dev.banyan.cutover.Replicas.Acknowledged;
import dev.banyan.cutover.Version;
import dev.banyan.migration.FamilyState;
import dev.banyan.migration.GateReading;
import dev.banyan.migration.Phase;
import dev.banyan.migration.Weight;
import dev.banyan.replica.Petition;
import dev.banyan.replica.Petitions;
import dev.banyan.store.postgres.PostgresStore;
import dev.banyan.transfer.report.CutoverReport;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Orders that give the writes of families to another owner. The controller carries them out, for
/// it moves the rows; any replica may be asked, and has the controller asked by way of the store.
final class OwnerOrders {
  private static final Logger LOG = LoggerFactory.getLogger(OwnerOrders.class);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /// How long it may take until a controller takes an order up: one that has died is followed by
  /// another within 3.5 s.
  private static final Duration TAKEN = Duration.ofSeconds(8);

  /// How long it may then take until it is answered. A handover has ended by then, done or undone.
  private static final Duration ANSWERED = Duration.ofSeconds(60);

  private static final Duration LOOK = Duration.ofMillis(20);
  private static final Duration AGAIN = Duration.ofMillis(200);

  /// How often an answer is tried to be given.
  private static final int TRIES = 25;

  /// Carries out an order in this process.
  interface Here {
    Answered carryOut(Ask ask);
  }

  /// @param kind which order
  /// @param expected where the family is thought to be
  /// @param force of a promotion without proof
  /// @param unfenced whether a handover may go on without a fence
  /// @param acceptLoss how many rows an approver accepts to be lost by a rollback; null where none
  record Ask(
      Kind kind,
      String family,
      String actor,
      String reason,
      @Nullable Version expected,
      Phase.@Nullable Name to,
      @Nullable Integer weight,
      boolean force,
      boolean unfenced,
      @Nullable Long acceptLoss) {
    Order order() {
      return new Order(family, actor, reason, expected);
    }

    @Nullable Weight share() {
      return weight == null ? null : new Weight(weight);
    }
  }

  /// Which order.
  enum Kind {
    PROMOTE,
    ROLLBACK,
    CUTOVER,
    BACK
  }

  /// @param report how the handover went; null where it was not begun
  record Answered(CutoverResult result, @Nullable CutoverReport report) {}

  /// An answer on its way.
  ///
  /// @param code why it was refused; null where it was done
  private record Said(
      @Nullable Code code,
      String detail,
      List<GateReading> gates,
      @Nullable Acknowledged replicas,
      @Nullable CutoverReport report) {}

  private final Cutover cutover;
  private final Supplier<OptionalLong> term;
  private final @Nullable Petitions petitions;
  private final String name;
  private final ExecutorService blocking;
  private final Here here;
  private final AtomicBoolean taking = new AtomicBoolean();

  /// Those of this process, alone or among others.
  static OwnerOrders of(
      Cutover cutover, Replicas replicas, Storage store, ExecutorService blocking, Here here) {
    PostgresStore shared = store.shared();
    String name = store.name();
    return new OwnerOrders(
        cutover,
        replicas::term,
        shared == null ? null : shared.petitions(),
        name == null ? "" : name,
        blocking,
        here);
  }

  /// @param term in which this process decides
  /// @param petitions null where there is but this process
  /// @param name of this replica
  private OwnerOrders(
      Cutover cutover,
      Supplier<OptionalLong> term,
      @Nullable Petitions petitions,
      String name,
      ExecutorService blocking,
      Here here) {
    this.cutover = cutover;
    this.term = term;
    this.petitions = petitions;
    this.name = name;
    this.blocking = blocking;
    this.here = here;
  }

  /// Carries out an order, or has it carried out. May wait for as long as a handover takes.
  Answered give(Ask ask) {
    boolean back = ask.kind() == Kind.ROLLBACK || ask.kind() == Kind.BACK;
    boolean controllers = cutover.changesOwner(ask.family(), back);
    return petitions != null && controllers && term.get().isEmpty()
        ? asked(petitions, ask)
        : here.carryOut(ask);
  }

  private Answered asked(Petitions by, Ask ask) {
    FamilyState before = cutover.state(ask.family()).orElseThrow();
    Petition petition =
        new Petition(UUID.randomUUID().toString(), name, JSON.writeValueAsString(ask));
    try {
      by.ask(petition);
      Optional<String> answer = answer(by, petition, TAKEN);
      if (answer.isEmpty() && by.withdraw(petition.id())) {
        return refused("no replica decides at the moment, so nothing has changed; ask again");
      }
      if (answer.isEmpty()) {
        answer = answer(by, petition, ANSWERED);
      }
      return answer
          .map(text -> read(text, before))
          .orElseGet(() ->
              refused(
                  "the controller has taken it up and not answered within "
                      + ANSWERED.toSeconds()
                      + " s; it may come to be still: see banyan status"));
    } catch (UncheckedIOException e) {
      return refused(
          "the controller can not be asked ("
              + e.getMessage()
              + "); whether it was is not known: see banyan status");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return refused("interrupted; it may come to be still: see banyan status");
    }
  }

  private static Answered refused(String detail) {
    return new Answered(new CutoverResult.Refused(Code.STORE_UNAVAILABLE, detail, List.of()), null);
  }

  private static Optional<String> answer(Petitions by, Petition petition, Duration wait)
      throws InterruptedException {
    long from = System.nanoTime();
    Optional<String> answer = by.answered(petition.id());
    while (answer.isEmpty() && System.nanoTime() - from < wait.toNanos()) {
      Thread.sleep(LOOK);
      answer = by.answered(petition.id());
    }
    return answer;
  }

  private Answered read(String text, FamilyState before) {
    try {
      Said said = JSON.readValue(text, Said.class);
      Code code = said.code();
      if (code != null) {
        return new Answered(
            new CutoverResult.Refused(code, said.detail(), said.gates()), said.report());
      }
      FamilyState after = cutover.state(before.family()).orElse(before);
      return new Answered(
          new CutoverResult.Done(before, after, Duration.ZERO, true, said.replicas()),
          said.report());
    } catch (JacksonException e) {
      LOG.warn("the controller answers what this version does not understand: {}", text, e);
      return refused("the controller is of another version; what it did is in its status");
    }
  }

  /// Somebody asks this replica, which decides: called again and again until that is taken up.
  /// Never waits.
  void taken() {
    Petitions by = petitions;
    if (by == null || taking.getAndSet(true)) {
      return;
    }
    try {
      blocking.execute(() -> take(by));
    } catch (RejectedExecutionException e) {
      LOG.debug("this replica is ending", e);
    }
  }

  private void take(Petitions by) {
    try {
      OptionalLong now = term.get();
      if (now.isPresent()) {
        by.take(now.getAsLong()).forEach(each -> blocking.execute(() -> carryOut(by, each)));
      }
    } catch (UncheckedIOException | RejectedExecutionException e) {
      LOG.debug("what is asked of the controller is taken up later", e);
    } finally {
      taking.set(false);
    }
  }

  private void carryOut(Petitions by, Petition petition) {
    Said said;
    try {
      Ask ask = JSON.readValue(petition.text(), Ask.class);
      LOG.info("{} asks for {} of {}", petition.replica(), ask.kind(), ask.family());
      said = said(here.carryOut(ask));
    } catch (RuntimeException e) {
      LOG.error("what {} asks can not be done: {}", petition.replica(), petition.text(), e);
      said = new Said(Code.HANDOVER_FAILED, String.valueOf(e.getMessage()), List.of(), null, null);
    }
    answer(by, petition, JSON.writeValueAsString(said));
  }

  private static Said said(Answered answered) {
    return switch (answered.result()) {
      case CutoverResult.Done done ->
          new Said(null, "", List.of(), done.replicas(), answered.report());
      case CutoverResult.Refused refused ->
          new Said(refused.code(), refused.detail(), refused.gates(), null, answered.report());
    };
  }

  private static void answer(Petitions by, Petition petition, String text) {
    for (int i = 1; i <= TRIES; i++) {
      try {
        by.answer(petition.id(), text);
        return;
      } catch (UncheckedIOException e) {
        LOG.debug("{} is to be answered, try {}", petition.replica(), i, e);
      }
      try {
        Thread.sleep(AGAIN);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
    LOG.warn("{} could not be answered: {}", petition.replica(), text);
  }
}
