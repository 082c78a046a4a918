package dev.banyan.transfer.moving;

import dev.banyan.migration.Certificate;
import dev.banyan.transfer.Progress;
import dev.banyan.transfer.handover.Handover;
import dev.banyan.transfer.mapping.Blueprint;
import dev.banyan.transfer.mapping.Mappings;
import dev.banyan.transfer.mapping.TableMapping;
import dev.banyan.transfer.options.TableOptions;
import dev.banyan.transfer.report.CutoverReport;
import dev.banyan.transfer.report.PlanReport;
import dev.banyan.transfer.report.ReconcileReport;
import dev.banyan.transfer.report.StatusReport;
import dev.banyan.transfer.report.StatusReport.Phase;
import dev.banyan.transfer.report.StatusReport.State;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What a transfer knows, in the words of its reports.
final class Reports {
  /// What a backfill does in a second where nothing is known yet, on two cores.
  private static final double ROWS_PER_SECOND = 100_000;

  private static final int NAMED = 1_000;

  private Reports() {}

  static StatusReport status(
      Moving moving, Memory.Kept kept, Optional<Moving.Way> way, Instant now) {
    Progress progress = way.map(each -> each.transfer().progress()).orElse(null);
    Optional<StatusReport> last = kept.status();
    if (progress == null && last.isPresent()) {
      return rested(moving, kept, last.get());
    }
    List<StatusReport.Table> tables = new ArrayList<>();
    for (Table table : kept.reversed() ? moving.toTables() : moving.fromTables()) {
      tables.add(counted(table(moving, table, progress), moving.copiedBefore(), last));
    }
    long rows = tables.stream().mapToLong(StatusReport.Table::rows).sum();
    boolean known = tables.stream().allMatch(each -> each.total() != null);
    Long total = known ? tables.stream().mapToLong(each -> each.total()).sum() : null;
    boolean copied = progress != null && progress.copied();
    double seconds = progress == null ? 0 : progress.copying().toNanos() / 1e9;
    double speed = progress != null && copied ? whole(progress, seconds) : speed(tables);
    Double left = copied || total == null || speed <= 0 ? null : Math.max(0, total - rows) / speed;
    Long lag = progress == null || progress.lagBytes() < 0 ? null : progress.lagBytes();
    return new StatusReport(
        moving.options().name(),
        now,
        moving.options().from(),
        moving.options().to(),
        phase(moving, kept, copied),
        owner(moving, kept),
        kept.epoch(),
        tables,
        rows,
        total,
        seconds,
        speed,
        left,
        lag,
        lagSeconds(progress, lag, now),
        kept.certificate().map(Certificate::differences).orElse(0L),
        kept.certificate().map(Reports::certificate).orElse(null),
        stopped(tables, progress));
  }

  /// Of everything that was copied since it was started.
  private static double whole(Progress progress, double seconds) {
    long rows = progress.tables().stream().mapToLong(Progress.OfTable::rows).sum();
    return seconds <= 0 ? 0 : rows / seconds;
  }

  private static double speed(List<StatusReport.Table> tables) {
    return tables.stream()
        .filter(each -> each.state() != State.COPIED)
        .mapToDouble(StatusReport.Table::rowsPerSecond)
        .sum();
  }

  /// With the rows that were copied before it was started this time.
  private static StatusReport.Table counted(
      StatusReport.Table table, Optional<StatusReport> before, Optional<StatusReport> last) {
    long rows = table.rows() + rows(before, table);
    return new StatusReport.Table(
        table.table(),
        table.to(),
        table.state(),
        table.state() == State.COPIED ? Math.max(rows, rows(last, table)) : rows,
        table.total(),
        table.rowsPerSecond(),
        left(table, rows),
        table.why(),
        table.waits());
  }

  private static long rows(Optional<StatusReport> known, StatusReport.Table table) {
    return known.stream()
        .flatMap(each -> each.tables().stream())
        .filter(each -> each.table().equals(table.table()))
        .mapToLong(StatusReport.Table::rows)
        .findFirst()
        .orElse(0);
  }

  private static @Nullable Double left(StatusReport.Table table, long rows) {
    Long total = table.total();
    return table.state() != State.COPYING || total == null || table.rowsPerSecond() <= 0
        ? null
        : Math.max(0, total - rows) / table.rowsPerSecond();
  }

  /// The one that was kept last, with what has changed since.
  private static StatusReport rested(Moving moving, Memory.Kept kept, StatusReport last) {
    boolean copied =
        last.tables().stream().allMatch(each -> each.state() == StatusReport.State.COPIED);
    return new StatusReport(
        last.transfer(),
        last.at(),
        last.from(),
        last.to(),
        phase(moving, kept, copied),
        owner(moving, kept),
        kept.epoch(),
        last.tables(),
        last.rows(),
        last.total(),
        last.seconds(),
        0,
        null,
        last.lagBytes(),
        last.lagSeconds(),
        kept.certificate().map(Certificate::differences).orElse(0L),
        kept.certificate().map(Reports::certificate).orElse(null),
        last.stopped());
  }

  private static String owner(Moving moving, Memory.Kept kept) {
    return kept.reversed() ? moving.options().to() : moving.options().from();
  }

  private static Phase phase(Moving moving, Memory.Kept kept, boolean copied) {
    if (moving.options().historyOnly()) {
      return copied ? Phase.HISTORY : kept.begun() ? Phase.BACKFILL : Phase.NOT_BEGUN;
    }
    if (!kept.handover().isEmpty()) {
      return Phase.CUTOVER;
    }
    if (kept.reversed()) {
      return Phase.REVERSE;
    }
    if (!kept.begun()) {
      return Phase.NOT_BEGUN;
    }
    if (!copied) {
      return Phase.BACKFILL;
    }
    return kept.certificate().filter(Certificate::green).isPresent()
        ? Phase.RECONCILED
        : Phase.STREAM;
  }

  private static @Nullable Double lagSeconds(
      @Nullable Progress progress, @Nullable Long lag, Instant now) {
    if (progress == null || lag == null) {
      return null;
    }
    if (lag == 0 || progress.lastCommit().equals(Instant.EPOCH)) {
      return 0.0;
    }
    return Math.max(0, Duration.between(progress.lastCommit(), now).toMillis() / 1000.0);
  }

  private static @Nullable String stopped(
      List<StatusReport.Table> tables, @Nullable Progress progress) {
    String why =
        tables.stream()
            .filter(each -> each.why() != null)
            .map(each -> each.table() + ": " + each.why())
            .collect(Collectors.joining("; "));
    if (!why.isEmpty()) {
      return why;
    }
    return progress == null || progress.says().isEmpty() ? null : progress.says();
  }

  private static StatusReport.Table table(Moving moving, Table table, @Nullable Progress progress) {
    Progress.OfTable of =
        progress == null
            ? null
            : progress.tables().stream()
                .filter(each -> each.table().equals(table.name()))
                .findFirst()
                .orElse(null);
    Long total = table.rows() < 0 ? null : table.rows();
    if (of == null) {
      return new StatusReport.Table(
          table.name().toString(),
          to(moving, table.name()),
          State.WAITING,
          0,
          total,
          0,
          null,
          null,
          null);
    }
    State state =
        switch (of.state()) {
          case AHEAD -> State.WAITING;
          case COPYING, BLOCKED -> State.COPYING;
          case FOLLOWING -> State.COPIED;
          case STOPPED -> State.STOPPED;
        };
    return new StatusReport.Table(
        table.name().toString(),
        to(moving, table.name()),
        state,
        of.rows(),
        total,
        of.rowsPerSecond(),
        null,
        state == State.STOPPED ? of.says() : null,
        state == State.STOPPED || of.says().isEmpty() ? null : of.says());
  }

  private static String to(Moving moving, TableName table) {
    Optional<Mappings> mappings = moving.draft().mappings();
    return mappings
        .map(all ->
            all.tables().stream()
                .filter(each ->
                    each.source().name().equals(table) || each.target().name().equals(table))
                .map(each ->
                    (each.source().name().equals(table) ? each.target() : each.source())
                        .name()
                        .toString())
                .distinct()
                .collect(Collectors.joining(", ")))
        .orElse("");
  }

  static dev.banyan.transfer.report.Certificate certificate(Certificate kept) {
    return new dev.banyan.transfer.report.Certificate(
        kept.from(),
        kept.cut(),
        kept.mapping(),
        kept.rows(),
        kept.digest(),
        kept.epoch(),
        kept.method().toString(),
        kept.methods().entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, each -> each.getValue().toString())),
        kept.green());
  }

  static ReconcileReport reconciled(Moving moving, Comparing.Compared compared, Duration took) {
    Certificate certificate = compared.certificate();
    double seconds = took.toNanos() / 1e9;
    return new ReconcileReport(
        moving.options().name(),
        certificate.rows(),
        seconds,
        seconds <= 0 ? 0 : certificate.rows() / seconds,
        certificate.differences(),
        compared.differences().stream()
            .limit(NAMED)
            .map(each ->
                new ReconcileReport.Difference(
                    each.target().toString(),
                    each.key().toString(),
                    switch (each.kind()) {
                      case LOST -> ReconcileReport.Kind.MISSING;
                      case EXTRA -> ReconcileReport.Kind.EXTRA;
                      case CHANGED -> ReconcileReport.Kind.CHANGED;
                    },
                    each.columns()))
            .toList(),
        compared.repaired(),
        certificate.checks().stream()
            .map(each ->
                new ReconcileReport.Check(
                    each.name(), each.passed(), each.source(), each.target(), null))
            .toList(),
        certificate(certificate));
  }

  static CutoverReport cutover(
      Moving moving, Memory.Kept kept, Handover.Outcome outcome, boolean fenced) {
    List<CutoverReport.Step> steps =
        outcome.steps().stream()
            .map(each -> new CutoverReport.Step(each.name(), each.took().toNanos() / 1e6))
            .toList();
    return switch (outcome) {
      case Handover.HandedOver done ->
          new CutoverReport(
              moving.options().name(),
              owner(moving, kept),
              kept.epoch(),
              true,
              null,
              done.unfenced().isEmpty(),
              done.pause().toNanos() / 1e6,
              steps);
      case Handover.Undone undone ->
          new CutoverReport(
              moving.options().name(),
              owner(moving, kept),
              kept.epoch(),
              false,
              undone.failed() + ": " + undone.why(),
              fenced,
              0,
              steps);
    };
  }

  static Optional<ConfiguredTransfers.Agreed> agreed(Moving moving, Memory.Kept kept) {
    String mapping = moving.draft().mappings().map(Mappings::hash).orElse("");
    return kept.certificate()
        .map(last ->
            new ConfiguredTransfers.Agreed(
                last.rows(),
                last.differences()
                    + last.checks().stream().filter(check -> !check.passed()).count(),
                last.complete() && last.epoch() == kept.epoch() && last.mapping().equals(mapping),
                last.from()));
  }

  static PlanReport plan(Moving moving, boolean ddl) throws SQLException {
    List<PlanReport.Found> findings = PlanFindings.all(moving);
    List<PlanReport.Table> tables = new ArrayList<>();
    double all = 0;
    for (TableOptions declared : moving.options().tables()) {
      TableName name = TableName.parse(declared.from(), moving.from().defaultSchema());
      Optional<Table> table =
          moving.fromTables().stream().filter(each -> each.name().equals(name)).findFirst();
      Double seconds =
          table
              .filter(each -> each.rows() >= 0)
              .map(each -> each.rows() / ROWS_PER_SECOND)
              .orElse(null);
      all += seconds == null ? 0 : seconds;
      tables.add(
          new PlanReport.Table(
              name.toString(),
              TableName.parse(declared.to(), moving.to().defaultSchema()).toString(),
              table.map(Table::rows).filter(rows -> rows >= 0).orElse(null),
              table.map(Table::bytes).filter(bytes -> bytes >= 0).orElse(null),
              table.map(Table::key).orElse(List.of()),
              mapping(moving, name),
              seconds));
    }
    return new PlanReport(
        moving.options().name(),
        moving.options().from() + ", " + moving.from().product(),
        moving.options().to() + ", " + moving.to().product(),
        tables,
        findings,
        all <= 0 ? null : all,
        ddl ? ddl(moving) : null);
  }

  private static String mapping(Moving moving, TableName source) {
    return moving
        .draft()
        .mappings()
        .map(all ->
            all.tables().stream()
                .filter(each -> each.source().name().equals(source))
                .map(Reports::said)
                .collect(Collectors.joining("; ")))
        .orElse("");
  }

  private static String said(TableMapping mapping) {
    return mapping.identity() ? "as it is" : "by columns";
  }

  /// The target's missing tables, as the rules that fill them want them.
  private static String ddl(Moving moving) {
    Map<TableName, List<Blueprint.Part>> missing = new LinkedHashMap<>();
    for (TableOptions declared : moving.options().tables()) {
      TableName from = TableName.parse(declared.from(), moving.from().defaultSchema());
      TableName to = TableName.parse(declared.to(), moving.to().defaultSchema());
      boolean there = moving.toTables().stream().anyMatch(each -> each.name().equals(to));
      moving.fromTables().stream()
          .filter(each -> !there && each.name().equals(from))
          .forEach(each ->
              missing
                  .computeIfAbsent(to, _ -> new ArrayList<>())
                  .add(new Blueprint.Part(declared, each)));
    }
    StringBuilder text = new StringBuilder();
    missing.forEach((name, parts) -> {
      Blueprint blueprint = Blueprint.of(name, parts);
      blueprint
          .guesses()
          .forEach(each ->
              text.append("-- look at the type of ")
                  .append(each.replaceAll("\\R", " "))
                  .append('\n'));
      text.append(moving.to().ddl(blueprint.table(), moving.from()).strip()).append("\n\n");
    });
    return text.toString();
  }
}
