package dev.banyan.app;

import dev.banyan.config.BanyanConfig;
import dev.banyan.cutover.RowAgreement.Moving;
import dev.banyan.cutover.RowAgreement.Reading;
import dev.banyan.cutover.RowAgreement.Reconciled;
import dev.banyan.migration.FamilyState;
import dev.banyan.migration.Phase;
import dev.banyan.transfer.moving.ConfiguredTransfers;
import dev.banyan.transfer.moving.SentWrites;
import dev.banyan.transfer.moving.Working;
import dev.banyan.transfer.options.DatabaseOptions;
import dev.banyan.transfer.options.TransferOptions;
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
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The rows of the transfers that one configuration declares, moved for as long as it is in force
/// and this process decides; while another does, what that one keeps of them in the target's
/// database is read.
///
/// What was done is kept in the databases, so that the next one goes on from there.
final class MovingRows implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MovingRows.class);
  private static final Duration AGAIN = Duration.ofSeconds(2);

  private final List<DatabaseOptions> databases;
  private final List<TransferOptions> options;
  private final ConfiguredTransfers transfers;
  private final ReentrantLock turning;
  private final InstantSource clock;
  private final CertificateAges ages = new CertificateAges(System::nanoTime);
  private final Map<String, Reading> readings = new ConcurrentHashMap<>();
  private final Map<String, StatusReport> latest = new ConcurrentHashMap<>();
  private final Map<String, String> unavailable = new ConcurrentHashMap<>();

  /// Those whose log this process follows; read by event loops.
  private final Set<String> following = ConcurrentHashMap.newKeySet();

  /// Where a handover could neither be done nor undone.
  private final Set<String> left = ConcurrentHashMap.newKeySet();

  private volatile boolean closed;
  private volatile Transferring.@Nullable Life life;

  /// @param sent what is known of writes that are sent to both sides
  /// @param turning is held while a handover is under way here
  MovingRows(BanyanConfig config, SentWrites sent, ReentrantLock turning, InstantSource clock) {
    Working working =
        new Working(
            config.databases(),
            clock,
            System::nanoTime,
            Thread.ofVirtual().name("banyan-rows-", 0).factory());
    String self = TransferWorking.self("gateway");
    this.databases = config.databases();
    this.options = config.transfers();
    this.transfers = new ConfiguredTransfers(options, working, self, sent);
    this.turning = turning;
    this.clock = clock;
  }

  boolean isOf(BanyanConfig config) {
    return databases.equals(config.databases()) && options.equals(config.transfers());
  }

  List<TransferOptions> options() {
    return options;
  }

  List<String> names() {
    return options.stream().map(TransferOptions::name).toList();
  }

  /// The transfer that names a family.
  Optional<TransferOptions> of(String family) {
    return options.stream().filter(each -> each.families().contains(family)).findFirst();
  }

  ConfiguredTransfers transfers() {
    return transfers;
  }

  /// What gates read of a transfer.
  Reading reading(TransferOptions transfer) {
    return readings.getOrDefault(
        transfer.name(),
        new Moving(false, null, transfer.lag(), 0, List.of(), null, transfer.certificateAge()));
  }

  /// What is known of a transfer, or null before anything is.
  @Nullable StatusReport latest(String transfer) {
    return latest.get(transfer);
  }

  /// Why nothing is known of it, or null.
  @Nullable String unavailable(String transfer) {
    return unavailable.getOrDefault(transfer, latest.containsKey(transfer) ? null : "not read yet");
  }

  /// Whether this process follows its log.
  boolean follows(String transfer) {
    return following.contains(transfer);
  }

  /// Rows begin to move.
  void begin(Transferring.Life begun) {
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
        if (!recovered.equals(term) || left.contains(transfer.name())) {
          recover(transfer, term.getAsLong());
          recovered = term;
          left.remove(transfer.name());
        }
        var _ = transfers.run(transfer.name(), this::told, () -> goesOn(transfer, term));
        if (transfer.historyOnly() && transfer.families().isEmpty() && isStill(term)) {
          return;
        }
      } catch (TransferFailed e) {
        recovered = OptionalLong.empty(); // it may have ended in the middle of a handover
        failed(transfer, e);
      } catch (RuntimeException e) {
        recovered = OptionalLong.empty();
        if (!closed) {
          LOG.error("transfer {} failed; it begins again", transfer.name(), e);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
      rest();
    }
  }

  private Transferring.Life begun() {
    return Objects.requireNonNull(life, "begun");
  }

  /// Until something is left to be brought to its end.
  private boolean goesOn(TransferOptions transfer, OptionalLong term) {
    return isStill(term) && (turning.isLocked() || !left.contains(transfer.name()));
  }

  /// A handover is over, in whichever way.
  void handedOver(String transfer) {
    try {
      if (transfers.isLeft(transfer)) {
        left.add(transfer);
      }
    } catch (TransferFailed e) {
      LOG.warn("transfer {}: whether a handover has left anything is not known", transfer, e);
      left.add(transfer);
    }
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

  /// Whether requests that write go to the candidate, by the store: who has just taken the office
  /// may not have heard of what the one before has written last.
  private boolean isCandidates(TransferOptions transfer) {
    return begun().cutover().stored(Set.copyOf(transfer.families())).stream()
        .map(FamilyState::phase)
        .anyMatch(phase -> !phase.name().before(Phase.Name.WRITES));
  }

  private void failed(TransferOptions transfer, TransferFailed why) {
    if (closed) {
      return;
    }
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
    if (closed) {
      return;
    }
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
                  ages.of(transfer.name(), last.from(), clock.instant())))
          .orElse(null);
    } catch (TransferFailed e) {
      LOG.debug("the certificate can not be read", e);
      return null;
    }
  }

  @Override
  public void close() {
    closed = true;
    transfers.close();
  }
}
