package dev.banyan.app;

import dev.banyan.config.BanyanConfig;
import dev.banyan.control.TransferOrder;
import dev.banyan.control.TransferOrders;
import dev.banyan.control.TransferView;
import dev.banyan.cutover.Cutover;
import dev.banyan.cutover.CutoverResult;
import dev.banyan.cutover.Handovers;
import dev.banyan.cutover.Order;
import dev.banyan.cutover.RowAgreement;
import dev.banyan.migration.FamilyState;
import dev.banyan.migration.Phase;
import dev.banyan.proxy.Freshness;
import dev.banyan.transfer.moving.ConfiguredTransfers;
import dev.banyan.transfer.moving.Working;
import dev.banyan.transfer.options.TransferOptions;
import dev.banyan.transfer.report.CutoverReport;
import dev.banyan.transfer.report.ReconcileReport;
import dev.banyan.transfer.report.StatusReport;
import dev.banyan.transfer.report.TransferFailed;
import dev.banyan.transfer.report.TransferFailed.Reason;
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

/// The transfers of the gateway's configuration as it began: rows move by themselves, gates read
/// how both sides agree, and the writes change sides through here.
///
/// Of several processes on one store the controller moves the rows; the others read what it keeps
/// in the target's database, and have it asked for what it alone can do.
final class Transferring
    implements TransferOrders, RowAgreement, Handovers, Freshness, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Transferring.class);
  private static final Duration AGAIN = Duration.ofSeconds(2);

  private final List<TransferOptions> options;
  private final ConfiguredTransfers transfers;
  private final InstantSource clock;
  private final Map<String, Reading> readings = new ConcurrentHashMap<>();
  private final Map<String, StatusReport> latest = new ConcurrentHashMap<>();
  private final Map<String, String> unavailable = new ConcurrentHashMap<>();
  private final Map<String, CutoverReport> handedOver = new ConcurrentHashMap<>();

  /// Those whose log this process follows; read by event loops.
  private final Set<String> following = ConcurrentHashMap.newKeySet();

  private volatile boolean closed;
  private volatile @Nullable Life life;

  /// Held while a handover is under way here, or one that was cut short is brought to its end.
  private final ReentrantLock turning = new ReentrantLock();

  /// What is there once everything has begun.
  ///
  /// @param term in which this process decides, and moves the rows
  /// @param orders has the controller asked
  record Life(
      Cutover cutover, Holding holding, Supplier<OptionalLong> term, OwnerOrders orders) {}

  Transferring(List<TransferOptions> options, ConfiguredTransfers transfers, InstantSource clock) {
    this.options = options;
    this.transfers = transfers;
    this.clock = clock;
  }

  /// Those that a configuration declares; nothing moves before [#begin].
  static Transferring of(BanyanConfig config, InstantSource clock) {
    Working working =
        new Working(
            config.databases(),
            clock,
            System::nanoTime,
            Thread.ofVirtual().name("banyan-rows-", 0).factory());
    String self = "the gateway of process " + ProcessHandle.current().pid();
    return new Transferring(
        config.transfers(), new ConfiguredTransfers(config.transfers(), working, self), clock);
  }

  /// Rows begin to move.
  void begin(Life begun) {
    life = begun;
    for (TransferOptions each : options) {
      Thread.ofVirtual().name("banyan-transfer-" + each.name()).start(() -> keepMoving(each));
    }
  }

  private void keepMoving(TransferOptions transfer) {
    OptionalLong recovered = OptionalLong.empty();
    while (!closed) {
      try {
        OptionalLong term = begun().term().get();
        if (term.isEmpty()) {
          look(transfer);
          rest();
          continue;
        }
        if (!recovered.equals(term)) {
          recover(transfer, term.getAsLong());
          recovered = term;
        }
        var _ = transfers.run(transfer.name(), this::told, () -> isStill(term));
        if (transfer.historyOnly() && isStill(term)) {
          return;
        }
      } catch (TransferFailed e) {
        failed(transfer, e);
      } catch (RuntimeException e) {
        LOG.error("transfer {} failed; it begins again", transfer.name(), e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
      rest();
    }
  }

  private Life begun() {
    return Objects.requireNonNull(life, "begun");
  }

  /// Whether this process decides as it did; a handover under way is brought to its end first,
  /// which its term decides.
  private boolean isStill(OptionalLong term) {
    return turning.isLocked() || begun().term().get().equals(term);
  }

  private void recover(TransferOptions transfer, long term) throws TransferFailed {
    turning.lock();
    try {
      transfers
          .recover(transfer.name(), _ -> isCandidates(transfer))
          .ifPresent(said -> LOG.warn("transfer {}: {}", transfer.name(), said));
      begun().holding().settled(term, Set.copyOf(transfer.families()));
      begun()
          .holding()
          .settledBut(
              term,
              options.stream()
                  .flatMap(each -> each.families().stream())
                  .collect(Collectors.toUnmodifiableSet()));
    } finally {
      turning.unlock();
    }
  }

  /// Whether requests that write go to the candidate.
  private boolean isCandidates(TransferOptions transfer) {
    Cutover cutover = begun().cutover();
    return transfer.families().stream()
        .flatMap(family -> cutover.state(family).stream())
        .map(FamilyState::phase)
        .anyMatch(phase -> !phase.name().before(Phase.Name.WRITES));
  }

  private void failed(TransferOptions transfer, TransferFailed why) {
    following.remove(transfer.name());
    if (why.reason() == Reason.BUSY) {
      look(transfer);
      return;
    }
    String says = String.valueOf(why.getMessage());
    if (!says.equals(unavailable.put(transfer.name(), says))) {
      LOG.warn("transfer {} does not go on: {}", transfer.name(), says);
    }
    readings.put(
        transfer.name(),
        new Moving(
            false,
            null,
            transfer.lag(),
            0,
            List.of(says.lines().findFirst().orElse(says)),
            null,
            transfer.certificateAge()));
  }

  /// Another process moves the rows: what it says of them is read.
  private void look(TransferOptions transfer) {
    try {
      told(transfers.status(transfer.name()));
    } catch (TransferFailed e) {
      failed(transfer, new TransferFailed(Reason.UNREACHABLE, String.valueOf(e.getMessage()), e));
    }
  }

  private void rest() {
    try {
      Thread.sleep(AGAIN);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      closed = true;
    }
  }

  private void told(StatusReport status) {
    latest.put(status.transfer(), status);
    unavailable.remove(status.transfer());
    if (transfers.follows(status.transfer())) {
      following.add(status.transfer());
    } else {
      following.remove(status.transfer());
    }
    options.stream()
        .filter(each -> each.name().equals(status.transfer()))
        .findFirst()
        .ifPresent(transfer -> readings.put(transfer.name(), reading(transfer, status)));
  }

  private Reading reading(TransferOptions transfer, StatusReport status) {
    Double lag = status.lagSeconds();
    Long bytes = status.lagBytes();
    return new Moving(
        status.tables().stream().allMatch(each -> each.state() == StatusReport.State.COPIED),
        lag == null ? null : Duration.ofMillis(Math.round(lag * 1_000)),
        transfer.lag(),
        bytes == null ? 0 : bytes,
        status.stoppedTables().stream().map(each -> each.table() + ": " + each.why()).toList(),
        reconciled(transfer),
        transfer.certificateAge());
  }

  private @Nullable Reconciled reconciled(TransferOptions transfer) {
    try {
      return transfers
          .agreed(transfer.name())
          .map(last ->
              new Reconciled(
                  last.rows(),
                  last.differences(),
                  last.current(),
                  Duration.between(last.from(), clock.instant())))
          .orElse(null);
    } catch (TransferFailed e) {
      LOG.debug("the certificate can not be read", e);
      return null;
    }
  }

  private Optional<TransferOptions> transferOf(String family) {
    return options.stream().filter(each -> each.families().contains(family)).findFirst();
  }

  // ---- what the gates read ----

  @Override
  public Reading of(String family) {
    return transferOf(family)
        .<Reading>map(transfer ->
            readings.getOrDefault(
                transfer.name(),
                new Moving(
                    false, null, transfer.lag(), 0, List.of(), null, transfer.certificateAge())))
        .orElseGet(Untransferred::new);
  }

  // ---- the writes change sides ----

  @Override
  public Set<String> together(String family) {
    return transferOf(family).map(each -> Set.copyOf(each.families())).orElse(Set.of());
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
          transfers.handOver(
              transfer.name(),
              turn.toCandidate(),
              turn.unfenced(),
              longest -> begun.holding().hold(together(family), turn.unfenced()),
              turn.flip()::flip);
      handedOver.put(transfer.name(), report);
      LOG.info("transfer {}: {}", transfer.name(), report);
      return Optional.ofNullable(report.undone());
    } catch (TransferFailed e) {
      return Optional.of(String.valueOf(e.getMessage()));
    } finally {
      turning.unlock();
    }
  }

  // ---- readers of their own writes ----

  @Override
  public boolean follows(String family) {
    return transferOf(family).map(each -> following.contains(each.name())).orElse(false);
  }

  @Override
  public long positionAfter(String family) {
    return asked(family, transfers::tip, Long.MAX_VALUE);
  }

  @Override
  public boolean passed(String family, long position) {
    return asked(family, transfers::applied, Long.MIN_VALUE) >= position;
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
    return options.stream()
        .map(each ->
            new TransferView(
                each.name(),
                each.from(),
                each.to(),
                each.families(),
                latest.get(each.name()),
                unavailable.getOrDefault(
                    each.name(), latest.containsKey(each.name()) ? null : "not read yet")))
        .toList();
  }

  private TransferOptions asked(TransferOrder ask) throws TransferFailed {
    return options.stream()
        .filter(each -> each.name().equals(ask.transfer()))
        .findFirst()
        .orElseThrow(() ->
            new TransferFailed(
                Reason.UNKNOWN,
                "no transfer is called '"
                    + ask.transfer()
                    + "'; there are "
                    + options.stream().map(TransferOptions::name).toList()));
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
                    ask.unfenced()));
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
          case ROLLBACK -> cutover.rollback(order, ask.to());
          case CUTOVER -> cutover.handOver(order, true, ask.unfenced());
          case BACK -> cutover.handOver(order, false, ask.unfenced());
        };
    return new OwnerOrders.Answered(result, handedOver.get(transfer));
  }

  @Override
  public ReconcileReport reconcile(TransferOrder ask) throws TransferFailed, InterruptedException {
    return transfers.reconcile(asked(ask).name(), ask.repair(), this::told);
  }

  @Override
  public void close() {
    closed = true;
    transfers.close();
  }
}
