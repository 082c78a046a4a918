package dev.banyan.app;

import dev.banyan.config.BanyanConfig;
import dev.banyan.control.Governance.Behind;
import dev.banyan.control.TransferOrder;
import dev.banyan.control.TransferOrders;
import dev.banyan.control.TransferView;
import dev.banyan.cutover.Cutover;
import dev.banyan.cutover.CutoverResult;
import dev.banyan.cutover.Handovers;
import dev.banyan.cutover.Order;
import dev.banyan.cutover.RowAgreement;
import dev.banyan.migration.Phase;
import dev.banyan.proxy.Freshness;
import dev.banyan.transfer.moving.SentWrites;
import dev.banyan.transfer.options.TransferOptions;
import dev.banyan.transfer.report.CutoverReport;
import dev.banyan.transfer.report.ReconcileReport;
import dev.banyan.transfer.report.StatusReport;
import dev.banyan.transfer.report.TransferFailed;
import dev.banyan.transfer.report.TransferFailed.Reason;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The transfers of the gateway's configuration: rows move by themselves, gates read how both sides
/// agree, and the writes change sides through here.
///
/// Of several processes on one store the controller moves the rows; the others read what it keeps
/// in the target's database, and have it asked for what it alone can do.
final class Transferring
    implements TransferOrders, RowAgreement, Handovers, Freshness, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Transferring.class);

  /// How long to wait before a store that failed is asked again.
  private static final Duration AGAIN = Duration.ofMillis(500);

  /// Rows at risk that are named.
  private static final int LISTED = 100;

  private final InstantSource clock;
  private final SentWrites sent;
  private final Map<String, CutoverReport> handedOver = new ConcurrentHashMap<>();

  /// Held while a handover is under way here, or one that was cut short is brought to its end.
  private final ReentrantLock turning = new ReentrantLock();

  /// What is there once everything has begun.
  ///
  /// @param term in which this process decides, and moves the rows
  /// @param orders has the controller asked
  record Life(Cutover cutover, Holding holding, Supplier<OptionalLong> term, OwnerOrders orders) {}

  private volatile MovingRows rows;
  private volatile BanyanConfig wanted;
  private volatile boolean closed;
  private volatile @Nullable Life life;

  /// Those that a configuration declares; nothing moves before [#begin].
  ///
  /// @param sent what is known of writes that are sent to both sides
  Transferring(BanyanConfig config, InstantSource clock, SentWrites sent) {
    this.clock = clock;
    this.sent = sent;
    this.wanted = config;
    this.rows = new MovingRows(config, sent, turning, clock);
  }

  /// Rows begin to move.
  void begin(Life begun) {
    life = begun;
    rows.begin(begun);
  }

  private Life begun() {
    return Objects.requireNonNull(life, "begun");
  }

  /// Another configuration: what it declares takes the place of what ran, at a chunk, once no
  /// handover is under way. Does not wait.
  void adopt(BanyanConfig next) {
    wanted = next;
    if (!rows.isOf(next)) {
      Thread.ofVirtual().name("banyan-transfers").start(this::replace);
    }
  }

  private void replace() {
    turning.lock();
    try {
      MovingRows before = rows;
      Life begun = life;
      if (closed || begun == null || before.isOf(wanted)) {
        return;
      }
      MovingRows next = new MovingRows(wanted, sent, turning, clock);
      rows = next;
      before.close();
      next.begin(begun);
      LOG.info("transfers {} in place of {}", next.names(), before.names());
      before.names().stream()
          .filter(name -> !next.names().contains(name))
          .forEach(gone ->
              LOG.warn(
                  "transfer {} is not in banyan.yaml any more: its rows do not move, and what it"
                      + " created in its databases stays until banyan transfer remove {}, with the"
                      + " former file",
                  gone,
                  gone));
    } finally {
      turning.unlock();
    }
  }

  private Optional<TransferOptions> transferOf(String family) {
    return rows.of(family);
  }

  // ---- what the gates read ----

  @Override
  public Reading of(String family) {
    MovingRows now = rows;
    return now.of(family).map(now::reading).orElseGet(Untransferred::new);
  }

  // ---- the writes change sides ----

  @Override
  public Set<String> together(String family) {
    return transferOf(family).map(each -> Set.copyOf(each.families())).orElse(Set.of());
  }

  @Override
  public void begin(Runnable handover) {
    Thread.ofVirtual().name("banyan-rows-back").start(handover);
  }

  @Override
  public Optional<String> hand(String family, Turn turn) throws InterruptedException {
    TransferOptions transfer = transferOf(family).orElse(null);
    Life begun = life;
    if (transfer == null || begun == null) {
      return Optional.of("no transfer of banyan.yaml names this family");
    }
    if (!turning.tryLock()) {
      return Optional.of("another handover is under way; ask again once it has ended");
    }
    try {
      CutoverReport report =
          rows.transfers()
              .handOver(
                  transfer.name(),
                  turn.toCandidate(),
                  turn.unfenced(),
                  turn.lossAccepted(),
                  longest -> begun.holding().hold(together(family), turn.unfenced()),
                  () -> flipped(turn.flip()));
      handedOver.put(transfer.name(), report);
      LOG.info("transfer {}: {}", transfer.name(), report);
      return Optional.ofNullable(report.undone());
    } catch (TransferFailed e) {
      return Optional.of(String.valueOf(e.getMessage()));
    } finally {
      rows.handedOver(transfer.name());
      turning.unlock();
    }
  }

  /// Moves the families, and does not return before it is known whether that is written: while the
  /// store does not say, nobody owns the writes for sure, and they wait.
  private static Optional<String> flipped(Flip flip) throws InterruptedException {
    Optional<String> why = flip.flip();
    boolean told = false;
    while (why.isPresent()) {
      try {
        return flip.isWritten() ? Optional.empty() : why;
      } catch (UncheckedIOException e) {
        if (!told) {
          LOG.error("whether the writes have changed sides is not known; they wait", e);
          told = true;
        }
        Thread.sleep(AGAIN);
      }
    }
    return why;
  }

  /// How long the writes of a family were held when their owner last changed by this process.
  Optional<Duration> lastPause(String family) {
    return transferOf(family)
        .map(each -> handedOver.get(each.name()))
        .map(report -> Duration.ofNanos(Math.round(report.pauseMillis() * 1e6)));
  }

  /// How far the legacy's rows are behind; empty where that is not known, or nothing moves them.
  Optional<Behind> behind(String family, Phase.Name phase) {
    TransferOptions transfer = transferOf(family).orElse(null);
    if (transfer == null || phase == Phase.Name.RETIRED) {
      return Optional.empty();
    }
    if (phase.before(Phase.Name.WRITES)) {
      return Optional.of(Behind.NOTHING);
    }
    StatusReport status = rows.latest(transfer.name());
    Long bytes = status == null ? null : status.lagBytes();
    Double lag = status == null ? null : status.lagSeconds();
    return bytes == null || lag == null
        ? Optional.empty()
        : Optional.of(new Behind(bytes, Duration.ofMillis(Math.round(lag * 1_000))));
  }

  // ---- readers of their own writes ----

  @Override
  public boolean follows(String family) {
    return transferOf(family).map(each -> rows.follows(each.name())).orElse(false);
  }

  @Override
  public long positionAfter(String family) {
    return asked(family, rows.transfers()::tip, Long.MAX_VALUE);
  }

  @Override
  public boolean passed(String family, long position) {
    return asked(family, rows.transfers()::applied, Long.MIN_VALUE) >= position;
  }

  private interface Ask {
    long of(String transfer) throws TransferFailed;
  }

  private long asked(String family, Ask ask, long unknown) {
    TransferOptions transfer = transferOf(family).orElse(null);
    if (transfer == null) {
      return unknown;
    }
    try {
      return ask.of(transfer.name());
    } catch (TransferFailed e) {
      LOG.debug("how far the rows of {} are is not known", family, e);
      return unknown;
    }
  }

  // ---- what the control plane asks ----

  @Override
  public List<TransferView> transfers() {
    MovingRows now = rows;
    return now.options().stream()
        .map(each ->
            new TransferView(
                each.name(),
                each.from(),
                each.to(),
                each.families(),
                now.latest(each.name()),
                now.unavailable(each.name())))
        .toList();
  }

  private TransferOptions asked(TransferOrder ask) throws TransferFailed {
    return rows.options().stream()
        .filter(each -> each.name().equals(ask.transfer()))
        .findFirst()
        .orElseThrow(() ->
            new TransferFailed(
                Reason.UNKNOWN,
                "no transfer is called '" + ask.transfer() + "'; there are " + rows.names()));
  }

  @Override
  public CutoverReport cutover(TransferOrder ask) throws TransferFailed {
    return turned(ask, true);
  }

  @Override
  public CutoverReport back(TransferOrder ask) throws TransferFailed {
    return turned(ask, false);
  }

  private CutoverReport turned(TransferOrder ask, boolean toCandidate) throws TransferFailed {
    TransferOptions transfer = asked(ask);
    if (transfer.families().isEmpty()) {
      throw new TransferFailed(
          Reason.REFUSED, transfer.name() + " names no families whose writes could change sides");
    }
    String reason = ask.unfenced() ? ask.reason() + " (unfenced, if need be)" : ask.reason();
    OwnerOrders.Answered answered =
        begun()
            .orders()
            .give(
                new OwnerOrders.Ask(
                    toCandidate ? OwnerOrders.Kind.CUTOVER : OwnerOrders.Kind.BACK,
                    transfer.families().getFirst(),
                    ask.actor(),
                    reason,
                    null,
                    null,
                    null,
                    false,
                    ask.unfenced(),
                    null));
    CutoverReport report = answered.report();
    if (report != null) {
      return report;
    }
    String why =
        answered.result() instanceof CutoverResult.Refused refused
            ? refused.detail()
            : "nothing was to be moved";
    throw new TransferFailed(Reason.REFUSED, why);
  }

  /// Carries out an order that may give writes to another owner, in this process.
  OwnerOrders.Answered carryOut(OwnerOrders.Ask ask) {
    Cutover cutover = begun().cutover();
    Order order = ask.order();
    String transfer = transferOf(ask.family()).map(TransferOptions::name).orElse("");
    handedOver.remove(transfer);
    CutoverResult result =
        switch (ask.kind()) {
          case PROMOTE ->
              ask.force()
                  ? cutover.force(order, ask.to(), ask.share())
                  : cutover.promote(order, ask.to(), ask.share());
          case ROLLBACK -> {
            Long accepted = ask.acceptLoss();
            yield accepted == null ? cutover.rollback(order, ask.to()) : lossy(ask, accepted);
          }
          case CUTOVER -> cutover.handOver(order, true, ask.unfenced());
          case BACK -> cutover.handOver(order, false, ask.unfenced());
        };
    return new OwnerOrders.Answered(result, handedOver.get(transfer));
  }

  /// Takes a family back though the legacy lacks rows, if these are as many as an approver has seen
  /// and accepts.
  private CutoverResult lossy(OwnerOrders.Ask ask, long accepted) {
    TransferOptions transfer = transferOf(ask.family()).orElse(null);
    if (transfer == null) {
      return begun().cutover().rollback(ask.order(), ask.to());
    }
    String says;
    try {
      ReconcileReport found = compared(transfer, false);
      if (found.differing() == accepted) {
        Order order = ask.order();
        String reason = order.reason() + " (the loss of " + accepted + " rows is accepted)";
        return begun()
            .cutover()
            .rollbackWithLoss(
                new Order(order.family(), order.actor(), reason, order.expected()), ask.to());
      }
      says = atRisk(found);
    } catch (TransferFailed e) {
      says = "which rows are at risk can not be told: " + e.getMessage();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      says = "interrupted";
    }
    return new CutoverResult.Refused(CutoverResult.Code.HANDOVER_FAILED, says, List.of());
  }

  private static String atRisk(ReconcileReport found) {
    return found.differing()
        + " rows are at risk: the legacy does not have them as the candidate does"
        + found.differences().stream()
            .limit(LISTED)
            .map(each -> "\n  " + each.table() + " " + each.key() + ", " + each.kind())
            .collect(Collectors.joining())
        + (found.differing() > LISTED ? "\n  and " + (found.differing() - LISTED) + " more" : "")
        + "\nAn approver accepts that they are lost with --accept-loss "
        + found.differing();
  }

  @Override
  public ReconcileReport reconcile(TransferOrder ask) throws TransferFailed, InterruptedException {
    return compared(asked(ask), ask.repair());
  }

  /// Compares all rows with what moves them: another run beside it would end both.
  private ReconcileReport compared(TransferOptions transfer, boolean repair)
      throws TransferFailed, InterruptedException {
    if (!transfer.historyOnly() && !rows.transfers().moves(transfer.name())) {
      throw new TransferFailed(
          Reason.BUSY,
          "this process does not move the rows of "
              + transfer.name()
              + " at the moment: it is opening the databases, or another one does; ask again, or"
              + " see banyan transfer status");
    }
    return rows.transfers().reconcile(transfer.name(), repair, _ -> {});
  }

  @Override
  public void close() {
    closed = true;
    rows.close();
  }
}
