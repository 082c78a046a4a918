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
import dev.banyan.transfer.handover.Writes;
import dev.banyan.transfer.moving.ConfiguredTransfers;
import dev.banyan.transfer.moving.SentWrites;
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
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The transfers of the gateway's configuration as it began: rows move by themselves, gates read
/// how both sides agree, and the writes change sides through here.
///
/// Of several processes on one configuration one moves the rows; the others read what it keeps in
/// the target's database.
final class Transferring
    implements TransferOrders, RowAgreement, Handovers, Freshness, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Transferring.class);
  private static final Duration AGAIN = Duration.ofSeconds(2);
  private static final Duration DRAIN_LOOK = Duration.ofMillis(2);

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

  /// What is there once everything has begun.
  ///
  /// @param underWay as [dev.banyan.proxy.transport.Gateway#writesUnderWay]
  record Life(Cutover cutover, WriteKeeping keeping, Function<Set<String>, OptionalInt> underWay) {}

  Transferring(List<TransferOptions> options, ConfiguredTransfers transfers, InstantSource clock) {
    this.options = options;
    this.transfers = transfers;
    this.clock = clock;
  }

  /// Those that a configuration declares; nothing moves before [#begin].
  static Transferring of(BanyanConfig config, InstantSource clock, SentWrites sent) {
    Working working =
        new Working(
            config.databases(),
            clock,
            System::nanoTime,
            Thread.ofVirtual().name("banyan-rows-", 0).factory());
    String self = "the gateway of process " + ProcessHandle.current().pid();
    return new Transferring(
        config.transfers(),
        new ConfiguredTransfers(config.transfers(), working, self, sent),
        clock);
  }

  /// Rows begin to move.
  void begin(Life begun) {
    life = begun;
    for (TransferOptions each : options) {
      Thread.ofVirtual().name("banyan-transfer-" + each.name()).start(() -> keepMoving(each));
    }
  }

  private void keepMoving(TransferOptions transfer) {
    boolean recovered = false;
    while (!closed) {
      try {
        if (!recovered) {
          recover(transfer);
          recovered = true;
        }
        var _ = transfers.run(transfer.name(), this::told);
        if (transfer.historyOnly() && transfer.families().isEmpty()) {
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

  private void recover(TransferOptions transfer) throws TransferFailed {
    transfers
        .recover(transfer.name(), _ -> isCandidates(transfer))
        .ifPresent(said -> LOG.warn("transfer {}: {}", transfer.name(), said));
  }

  /// Whether requests that write go to the candidate.
  private boolean isCandidates(TransferOptions transfer) {
    Cutover cutover = Objects.requireNonNull(life, "begun").cutover();
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
    try {
      CutoverReport report =
          transfers.handOver(
              transfer.name(),
              turn.toCandidate(),
              turn.unfenced(),
              longest -> new HeldWrites(begun.keeping().hold(together(family), begun.underWay())),
              turn.flip()::flip);
      handedOver.put(transfer.name(), report);
      LOG.info("transfer {}: {}", transfer.name(), report);
      return Optional.ofNullable(report.undone());
    } catch (TransferFailed e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /// The writes at this gateway.
  private record HeldWrites(WriteKeeping.Hold hold) implements Writes.Held {
    @Override
    public boolean drained(Duration wait) throws InterruptedException {
      long until = System.nanoTime() + wait.toNanos();
      while (hold.inFlight().orElse(1) > 0) {
        if (System.nanoTime() > until) {
          return false;
        }
        Thread.sleep(DRAIN_LOOK);
      }
      return true;
    }

    @Override
    public void close() {
      hold.release();
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
    handedOver.remove(transfer.name());
    String reason = ask.unfenced() ? ask.reason() + " (unfenced, if need be)" : ask.reason();
    Order order = Order.of(transfer.families().getFirst(), ask.actor(), reason);
    CutoverResult result =
        Objects.requireNonNull(life, "begun")
            .cutover()
            .handOver(order, toCandidate, ask.unfenced());
    CutoverReport report = handedOver.get(transfer.name());
    if (report != null) {
      return report;
    }
    String why =
        result instanceof CutoverResult.Refused refused
            ? refused.detail()
            : "nothing was to be moved";
    throw new TransferFailed(Reason.REFUSED, why);
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
