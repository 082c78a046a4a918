package dev.banyan.control;

import dev.banyan.transfer.report.Certificate;
import dev.banyan.transfer.report.CutoverReport;
import dev.banyan.transfer.report.ReconcileReport;
import dev.banyan.transfer.report.StatusReport;
import dev.banyan.transfer.report.TransferFailed;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Transfers that change their owner as told, behind the control plane.
public final class FakeTransfers implements TransferOrders {
  private static final Instant AT = Instant.parse("2026-03-01T08:00:00Z");

  private final Map<String, TransferView> views = new LinkedHashMap<>();
  private final List<TransferOrder> asked = new ArrayList<>();
  private @Nullable TransferFailed failure;

  /// Adds a transfer, or replaces the one of that name.
  public synchronized void put(TransferView view) {
    views.put(view.name(), view);
  }

  /// Fails whatever is asked from now on, or nothing (null).
  public synchronized void fail(@Nullable TransferFailed next) {
    failure = next;
  }

  public synchronized List<TransferOrder> asked() {
    return List.copyOf(asked);
  }

  @Override
  public synchronized List<TransferView> transfers() {
    return List.copyOf(views.values());
  }

  @Override
  public synchronized CutoverReport cutover(TransferOrder ask) throws TransferFailed {
    return moved(ask, view -> view.to());
  }

  @Override
  public synchronized CutoverReport back(TransferOrder ask) throws TransferFailed {
    return moved(ask, view -> view.from());
  }

  private interface Owner {
    String of(TransferView view);
  }

  private CutoverReport moved(TransferOrder ask, Owner next) throws TransferFailed {
    TransferView view = begin(ask);
    StatusReport before = Objects.requireNonNull(view.status());
    StatusReport after = owned(before, next.of(view));
    put(new TransferView(view.name(), view.from(), view.to(), view.families(), after, null));
    return new CutoverReport(
        view.name(),
        after.owner(),
        after.epoch(),
        true,
        null,
        !ask.unfenced(),
        412.5,
        List.of(new CutoverReport.Step("fence", 30)));
  }

  @Override
  public synchronized ReconcileReport reconcile(TransferOrder ask) throws TransferFailed {
    TransferView view = begin(ask);
    StatusReport status = Objects.requireNonNull(view.status());
    Certificate certificate =
        new Certificate(
            AT,
            "0/42 = 0/42",
            "ab12",
            status.rows(),
            "cd34",
            status.epoch(),
            "rows",
            Map.of(),
            true);
    return new ReconcileReport(
        view.name(),
        status.rows(),
        2,
        status.rows() / 2.0,
        0,
        List.of(),
        0,
        List.of(),
        certificate);
  }

  private TransferView begin(TransferOrder ask) throws TransferFailed {
    asked.add(ask);
    if (failure != null) {
      throw failure;
    }
    return Objects.requireNonNull(views.get(ask.transfer()));
  }

  private static StatusReport owned(StatusReport before, String owner) {
    return new StatusReport(
        before.transfer(),
        before.at(),
        before.from(),
        before.to(),
        owner.equals(before.to()) ? StatusReport.Phase.REVERSE : StatusReport.Phase.STREAM,
        owner,
        before.epoch() + 1,
        before.tables(),
        before.rows(),
        before.total(),
        before.seconds(),
        before.rowsPerSecond(),
        before.secondsLeft(),
        before.lagBytes(),
        before.lagSeconds(),
        before.differences(),
        before.certificate(),
        before.stopped());
  }

  /// A transfer in the middle of its backfill.
  public static TransferView copying(String name) {
    return new TransferView(name, "old", "new", List.of("users"), backfill(name), null);
  }

  /// The status of such a one.
  public static StatusReport backfill(String name) {
    return new StatusReport(
        name,
        AT,
        "old",
        "new",
        StatusReport.Phase.BACKFILL,
        "old",
        1,
        List.of(
            new StatusReport.Table(
                "app.users",
                "people",
                StatusReport.State.COPYING,
                4_200_000,
                10_000_000L,
                410_000,
                14.2,
                null,
                "waits for replica standby1, which is 7 s behind"),
            new StatusReport.Table(
                "app.tags",
                "app.tags",
                StatusReport.State.STOPPED,
                7,
                null,
                0,
                null,
                "key 8, column label: too long for varchar(10)",
                null)),
        4_200_007,
        10_000_000L,
        10.5,
        410_000,
        14.2,
        12_595L,
        0.4,
        3,
        null,
        null);
  }
}
