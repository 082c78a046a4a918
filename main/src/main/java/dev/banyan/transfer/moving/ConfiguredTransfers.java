package dev.banyan.transfer.moving;

import dev.banyan.transfer.Goal;
import dev.banyan.transfer.engine.Database;
import dev.banyan.transfer.engine.EpochLost;
import dev.banyan.transfer.engine.RowRefused;
import dev.banyan.transfer.handover.Handover;
import dev.banyan.transfer.handover.Writes;
import dev.banyan.transfer.options.DatabaseOptions;
import dev.banyan.transfer.options.TransferOptions;
import dev.banyan.transfer.report.CutoverReport;
import dev.banyan.transfer.report.PlanReport;
import dev.banyan.transfer.report.ReconcileReport;
import dev.banyan.transfer.report.StatusReport;
import dev.banyan.transfer.report.TransferFailed;
import dev.banyan.transfer.report.TransferFailed.Reason;
import dev.banyan.transfer.report.TransferOperations;
import dev.banyan.transfer.table.Position;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// All transfers of one configuration, as this process works on them.
///
/// A transfer's databases are opened when it is first asked about and stay open until this is
/// closed.
public final class ConfiguredTransfers implements TransferOperations {
  /// Beyond the length of any file of a binary log.
  private static final int FILE_SHIFT = 40;

  private static final Duration READY = Duration.ofMinutes(10);

  private final Map<String, TransferOptions> transfers = new LinkedHashMap<>();
  private final Working working;
  private final String self;
  private final SentWrites sent;

  // Guarded by this.
  private final Map<String, Moving> open = new LinkedHashMap<>();
  private boolean stopped;

  /// @param self how this process is told from others that may work on the same transfers
  /// @param sent what is known of writes that are sent to both sides
  public ConfiguredTransfers(
      List<TransferOptions> transfers, Working working, String self, SentWrites sent) {
    transfers.forEach(each -> this.transfers.put(each.name(), each));
    this.working = working;
    this.self = self;
    this.sent = sent;
  }

  /// For a process that sends no writes.
  public ConfiguredTransfers(List<TransferOptions> transfers, Working working, String self) {
    this(transfers, working, self, SentWrites.UNKNOWN);
  }

  @Override
  public List<String> names() {
    return List.copyOf(transfers.keySet());
  }

  private TransferOptions options(String transfer) throws TransferFailed {
    TransferOptions options = transfers.get(transfer);
    if (options == null) {
      throw new TransferFailed(
          Reason.UNKNOWN,
          "no transfer is called '"
              + transfer
              + "'; there "
              + (transfers.isEmpty() ? "are none in banyan.yaml" : "are " + names()));
    }
    return options;
  }

  private synchronized Moving moving(String transfer) throws TransferFailed {
    TransferOptions options = options(transfer);
    Moving known = open.get(transfer);
    if (known != null) {
      return known;
    }
    Database from = database(options.from());
    Database to;
    try {
      to = database(options.to());
    } catch (TransferFailed e) {
      from.close();
      throw e;
    }
    try {
      Moving opened = Moving.open(options, from, to, working);
      open.put(transfer, opened);
      if (stopped) {
        opened.stop();
      }
      return opened;
    } catch (SQLException e) {
      from.close();
      to.close();
      throw unreachable(transfer, e);
    }
  }

  private Database database(String name) throws TransferFailed {
    DatabaseOptions options =
        working
            .database(name)
            .orElseThrow(
                () -> new TransferFailed(Reason.CONFIGURATION, "no database is called " + name));
    return Databases.open(options, working.threads());
  }

  private static TransferFailed unreachable(String transfer, SQLException e) {
    return new TransferFailed(Reason.UNREACHABLE, transfer + ": " + e.getMessage(), e);
  }

  /// What can move: its plan has no finding that blocks.
  private Moving ready(String transfer) throws TransferFailed {
    Moving moving = moving(transfer);
    try {
      boolean begun = moving.memory().read().begun();
      String blocking =
          PlanFindings.ofMoving(moving).stream()
              // What is there already was ours to create.
              .filter(each -> each.blocks() && !(begun && each.code().contains("empty")))
              .map(each -> each.subject() + ": " + each.says())
              .collect(Collectors.joining("\n  "));
      if (!blocking.isEmpty() || moving.draft().mappings().isEmpty()) {
        throw new TransferFailed(
            Reason.BLOCKED,
            transfer + " can not move rows; banyan transfer plan shows all:\n  " + blocking);
      }
      return moving;
    } catch (SQLException e) {
      throw unreachable(transfer, e);
    }
  }

  @Override
  public PlanReport plan(String transfer, boolean ddl) throws TransferFailed {
    try {
      return Reports.plan(moving(transfer), ddl);
    } catch (SQLException e) {
      throw unreachable(transfer, e);
    }
  }

  @Override
  public StatusReport backfill(String transfer, Consumer<StatusReport> progress)
      throws TransferFailed, InterruptedException {
    return worked(ready(transfer), new Goal.Copied(), List.of(), () -> true, progress);
  }

  /// What has come to an end can not run again: whoever asks next opens both databases anew, and
  /// sees the tables as somebody may have mended them.
  private StatusReport worked(
      Moving moving,
      Goal goal,
      List<Running.Chore> chores,
      BooleanSupplier goesOn,
      Consumer<StatusReport> progress)
      throws TransferFailed, InterruptedException {
    try {
      return new Running(moving, working, self).run(goal, chores, goesOn, progress);
    } finally {
      forget(moving);
    }
  }

  private synchronized void forget(Moving moving) {
    if (open.remove(moving.options().name(), moving)) {
      moving.close();
    }
  }

  @Override
  public StatusReport stream(String transfer, Consumer<StatusReport> progress)
      throws TransferFailed, InterruptedException {
    Moving moving = ready(transfer);
    if (moving.options().historyOnly()) {
      throw new TransferFailed(
          Reason.REFUSED, transfer + " moves rows once (history: only), and follows nothing");
    }
    return worked(moving, new Goal.Following(), List.of(), () -> true, progress);
  }

  @Override
  public StatusReport run(String transfer, Consumer<StatusReport> progress)
      throws TransferFailed, InterruptedException {
    return run(transfer, progress, () -> true);
  }

  /// The same, for as long as this process is the one to do it.
  ///
  /// @param goesOn is asked about once a second
  public StatusReport run(String transfer, Consumer<StatusReport> progress, BooleanSupplier goesOn)
      throws TransferFailed, InterruptedException {
    Moving moving = ready(transfer);
    if (moving.options().historyOnly()) {
      return compared(
          transfer,
          worked(moving, new Goal.Copied(), List.of(), goesOn, progress),
          progress,
          goesOn);
    }
    return worked(
        moving,
        new Goal.Following(),
        List.of(
            () -> ifPossible(moving, Comparing::ifDue),
            () -> ifPossible(moving, Comparing::lookAheadIfDue)),
        goesOn,
        progress);
  }

  /// Where families write to both sides, the rows are compared for as long as it runs.
  private StatusReport compared(
      String transfer, StatusReport copied, Consumer<StatusReport> progress, BooleanSupplier goesOn)
      throws TransferFailed, InterruptedException {
    Moving moving = ready(transfer);
    if (moving.options().families().isEmpty() || moving.stopped() || !goesOn.getAsBoolean()) {
      return copied;
    }
    try {
      return new Apart(moving, working, sent)
          .run(
              self,
              status -> {
                progress.accept(status);
                if (!goesOn.getAsBoolean()) {
                  moving.stop();
                }
              });
    } finally {
      forget(moving);
    }
  }

  private interface Look {
    void by(Comparing comparing) throws SQLException, EpochLost, RowRefused, InterruptedException;
  }

  /// The owner may be changing, or this may be ending: then it is due again a second later.
  private void ifPossible(Moving moving, Look look)
      throws SQLException, EpochLost, RowRefused, InterruptedException {
    Moving.Way way = moving.way();
    if (way == null) {
      return;
    }
    try {
      look.by(new Comparing(moving, way, working));
    } catch (Comparing.NoCut e) {
      Working.LOG.info(
          "transfer {} is not compared now: {}", moving.options().name(), e.getMessage());
    }
  }

  @Override
  public StatusReport status(String transfer) throws TransferFailed {
    Moving moving = moving(transfer);
    try {
      return Reports.status(
          moving,
          moving.memory().read(),
          Optional.ofNullable(moving.way()),
          working.clock().instant());
    } catch (SQLException e) {
      throw unreachable(transfer, e);
    }
  }

  @Override
  public void watch(String transfer, Consumer<StatusReport> progress)
      throws TransferFailed, InterruptedException {
    Moving moving = moving(transfer);
    do {
      progress.accept(status(transfer));
    } while (!moving.awaitStop(Duration.ofSeconds(1)));
  }

  @Override
  public ReconcileReport reconcile(String transfer, boolean repair, Consumer<StatusReport> progress)
      throws TransferFailed, InterruptedException {
    Moving moving = ready(transfer);
    Moving.Way way = moving.way();
    try {
      if (moving.options().historyOnly()) {
        return new Apart(moving, working, sent).reconcile(repair);
      }
      if (way != null && way.claimed().get()) {
        return compared(moving, way, repair);
      }
    } catch (SQLException e) {
      throw unreachable(transfer, e);
    } catch (EpochLost | RowRefused e) {
      throw new TransferFailed(Reason.STOPPED, transfer + ": " + e.getMessage(), e);
    }
    List<ReconcileReport> reports = new ArrayList<>();
    var _ =
        worked(
            moving,
            new Goal.Following(),
            List.of(() -> {
              Moving.Way running = moving.way();
              if (running != null) {
                if (new Comparing(moving, running, working).ready(READY)) {
                  reports.add(compared(moving, running, repair));
                }
                moving.stop();
              }
            }),
            () -> true,
            progress);
    if (reports.isEmpty()) {
      throw new TransferFailed(
          Reason.REFUSED,
          transfer
              + ": the rows are not all copied, or the stream did not catch up within "
              + READY.toMinutes()
              + " minutes; see banyan transfer status");
    }
    return reports.getFirst();
  }

  private ReconcileReport compared(Moving moving, Moving.Way way, boolean repair)
      throws SQLException, EpochLost, RowRefused, InterruptedException {
    long began = working.nanos().getAsLong();
    Comparing.Compared compared = new Comparing(moving, way, working).all(repair, (_, _, _) -> {});
    return Reports.reconciled(
        moving, compared, Duration.ofNanos(working.nanos().getAsLong() - began));
  }

  @Override
  public CutoverReport cutover(String transfer, boolean unfenced) throws TransferFailed {
    throw onlyTheGateway(transfer);
  }

  @Override
  public CutoverReport back(String transfer, boolean unfenced) throws TransferFailed {
    throw onlyTheGateway(transfer);
  }

  private TransferFailed onlyTheGateway(String transfer) throws TransferFailed {
    return new TransferFailed(
        Reason.REFUSED,
        options(transfer).name()
            + " changes its owner through the running gateway alone, which holds the writes");
  }

  /// Has the writes change sides; what the gates say is the caller's business.
  ///
  /// @param toTarget the target of `banyan.yaml` is to own the rows
  public CutoverReport handOver(
      String transfer, boolean toTarget, boolean unfenced, Writes writes, Handover.Flip flip)
      throws TransferFailed, InterruptedException {
    return handOver(transfer, toTarget, unfenced, false, writes, flip);
  }

  /// @param lossAccepted whether rows that the new owner does not have may be lost to it
  public CutoverReport handOver(
      String transfer,
      boolean toTarget,
      boolean unfenced,
      boolean lossAccepted,
      Writes writes,
      Handover.Flip flip)
      throws TransferFailed, InterruptedException {
    Moving moving = ready(transfer);
    try {
      return new Turnover(moving, working).run(toTarget, unfenced, lossAccepted, writes, flip);
    } catch (SQLException e) {
      throw unreachable(transfer, e);
    }
  }

  /// Brings a handover to an end that a process which died had begun.
  ///
  /// @param isCandidates whether requests go to the target's side by now
  /// @return what was done; empty where nothing was left
  public Optional<String> recover(String transfer, Predicate<String> isCandidates)
      throws TransferFailed {
    Moving moving = ready(transfer);
    try {
      return new Turnover(moving, working).recover(isCandidates.test(transfer));
    } catch (SQLException e) {
      throw unreachable(transfer, e);
    }
  }

  /// Whether a handover has left something that [#recover] is to bring to its end.
  public boolean isLeft(String transfer) throws TransferFailed {
    Moving moving = moving(transfer);
    try {
      return !moving.memory().read().handover().isEmpty();
    } catch (SQLException e) {
      throw unreachable(transfer, e);
    }
  }

  /// What the last reconciliation came to, as gates ask for it.
  ///
  /// @param differences of rows, and checks that failed
  /// @param current whether it is whole, and of the mapping and the owner that are in force
  /// @param from when it began
  public record Agreed(long rows, long differences, boolean current, Instant from) {}

  /// @return empty before the first reconciliation
  public Optional<Agreed> agreed(String transfer) throws TransferFailed {
    Moving moving = moving(transfer);
    try {
      return Reports.agreed(moving, moving.memory().read());
    } catch (SQLException e) {
      throw unreachable(transfer, e);
    }
  }

  /// Whether this process moves the rows at this moment.
  public boolean moves(String transfer) {
    return claimed(transfer).isPresent();
  }

  /// Whether this process follows the owner's log at this moment.
  public boolean follows(String transfer) {
    return claimed(transfer).filter(way -> way.transfer().progress().copied()).isPresent();
  }

  private synchronized Optional<Moving.Way> claimed(String transfer) {
    return Optional.ofNullable(open.get(transfer))
        .map(Moving::way)
        .filter(way -> way.claimed().get());
  }

  /// The end of the owner's log, as a number that orders positions of one owner.
  public long tip(String transfer) throws TransferFailed {
    try {
      return number(following(transfer).source().tip());
    } catch (SQLException e) {
      throw unreachable(transfer, e);
    }
  }

  /// How far that log is durable at the other side.
  public long applied(String transfer) throws TransferFailed {
    return number(following(transfer).transfer().applied());
  }

  private Moving.Way following(String transfer) throws TransferFailed {
    Moving.Way way = moving(transfer).way();
    if (way == null) {
      throw new TransferFailed(Reason.BUSY, transfer + " is not followed by this process");
    }
    return way;
  }

  private static long number(Position position) {
    return position.file() << FILE_SHIFT | position.offset();
  }

  @Override
  public List<String> remove(String transfer, boolean unfence, boolean ids) throws TransferFailed {
    Moving moving = moving(transfer);
    try {
      new Running(moving, working, self).alone();
      return Removal.of(moving, unfence, ids);
    } catch (SQLException e) {
      throw unreachable(transfer, e);
    }
  }

  @Override
  public synchronized void stop() {
    stopped = true;
    open.values().forEach(Moving::stop);
  }

  @Override
  public synchronized void close() {
    open.values().forEach(Moving::stop);
    open.values().forEach(each -> new Running(each, working, self).left());
    open.values().forEach(Moving::close);
    open.clear();
  }
}
