package dev.banyan.cli;

import dev.banyan.transfer.report.Certificate;
import dev.banyan.transfer.report.PlanReport;
import dev.banyan.transfer.report.PlanReport.Found;
import dev.banyan.transfer.report.ReconcileReport;
import dev.banyan.transfer.report.StatusReport;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// Transfers in words and numbers.
final class TransferText {
  private static final int BAR = 20;
  private static final int SHOWN = 50;
  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

  /// Fields in the order of the records.
  private static final JsonMapper LINE =
      JsonMapper.builder().disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY).build();

  private static final JsonMapper INDENTED =
      LINE.rebuild().enable(SerializationFeature.INDENT_OUTPUT).build();

  private TransferText() {}

  static String json(Object report) {
    return INDENTED.writeValueAsString(report) + "\n";
  }

  /// A document in one line.
  static String line(Object report) {
    return LINE.writeValueAsString(report) + "\n";
  }

  static String plan(PlanReport plan) {
    Table table = new Table("TABLE", "TO", "ROWS", "SIZE", "KEY", "TIME", "COLUMNS");
    for (PlanReport.Table each : plan.tables()) {
      table.row(
          each.from(),
          each.to(),
          count(each.rows()),
          bytes(each.bytes()),
          each.key().isEmpty() ? "none" : String.join(", ", each.key()),
          time(each.seconds()),
          each.mapping());
    }
    return plan.transfer()
        + ": "
        + plan.from()
        + " → "
        + plan.to()
        + "\n\n"
        + table
        + (plan.seconds() == null ? "" : "\nthe backfill would take about " + time(plan.seconds()))
        + "\n"
        + findings(plan);
  }

  /// What was found, the worst first.
  static String findings(PlanReport plan) {
    StringBuilder text = new StringBuilder();
    for (boolean blocks : new boolean[] {true, false}) {
      for (Found found : plan.findings()) {
        if (found.blocks() == blocks) {
          text.append(blocks ? "blocks: " : "note: ")
              .append(found.where())
              .append(", ")
              .append(found.subject())
              .append(": ")
              .append(found.says())
              .append(" (")
              .append(found.code())
              .append(")\n");
        }
      }
    }
    return text.append(
            plan.ready()
                ? "nothing keeps the rows from moving\n"
                : "the rows can not move until what blocks is mended\n")
        .append(
            blocks(plan, Found.CUTOVER)
                ? "no cutover can be fenced until what blocks it is mended\n"
                : "")
        .append(
            blocks(plan, Found.BACK) ? "there is no way back until what blocks it is mended\n" : "")
        .toString();
  }

  private static boolean blocks(PlanReport plan, String where) {
    return plan.findings().stream()
        .anyMatch(found -> found.blocks() && found.where().equals(where));
  }

  static String status(StatusReport status) {
    StringBuilder text = new StringBuilder(status.transfer());
    text.append(": ")
        .append(status.from())
        .append(" → ")
        .append(status.to())
        .append(", ")
        .append(words(status.phase()))
        .append("; ")
        .append(status.owner())
        .append(" owns the rows (epoch ")
        .append(status.epoch())
        .append(")\n\n");
    Table table = new Table("TABLE", "TO", "STATE", "PROGRESS", "ROWS", "ROWS/S", "LEFT");
    for (StatusReport.Table each : status.tables()) {
      table.row(
          each.table(),
          each.to(),
          each.state().toString(),
          bar(each.share()),
          rows(each),
          each.rowsPerSecond() > 0 ? rate(each.rowsPerSecond()) : "-",
          time(each.secondsLeft()));
    }
    text.append(table).append('\n').append(sum(status)).append('\n');
    for (StatusReport.Table each : status.tables()) {
      if (each.waits() != null) {
        text.append(each.table()).append(' ').append(each.waits()).append('\n');
      }
    }
    for (StatusReport.Table each : status.stoppedTables()) {
      text.append("stopped: ").append(each.table()).append(": ").append(each.why()).append('\n');
    }
    if (status.stopped() != null) {
      text.append("stopped: ").append(status.stopped()).append('\n');
    }
    return text.append(certificate(status.certificate(), status.differences())).toString();
  }

  /// How many were copied is not known of a table that was there before.
  private static String rows(StatusReport.Table table) {
    Long total = table.total();
    boolean unknown = table.state() == StatusReport.State.COPIED && table.rows() == 0;
    return total == null
        ? count(table.rows())
        : unknown ? "about " + count(total) : count(table.rows()) + " of " + count(total);
  }

  /// One line.
  static String brief(StatusReport status) {
    Long total = status.total();
    return status.transfer()
        + " "
        + words(status.phase())
        + (total == null || total <= 0 || !copying(status)
            ? ""
            : " " + percent((double) status.rows() / total))
        + ": "
        + sum(status)
        + (status.stopped() == null ? "" : "; stopped: " + status.stopped())
        + (status.stoppedTables().isEmpty()
            ? ""
            : "; tables stopped: " + status.stoppedTables().size())
        + "\n";
  }

  private static boolean copying(StatusReport status) {
    return status.tables().stream().anyMatch(each -> each.state() != StatusReport.State.COPIED);
  }

  private static String sum(StatusReport status) {
    StringBuilder text = new StringBuilder(count(status.rows()));
    text.append(" rows");
    if (status.rowsPerSecond() > 0) {
      text.append(", ").append(rate(status.rowsPerSecond())).append(" rows/s");
    }
    if (status.secondsLeft() != null) {
      text.append(", ").append(time(status.secondsLeft())).append(" left");
    }
    if (status.lagBytes() != null || status.lagSeconds() != null) {
      text.append("; lag ")
          .append(bytes(status.lagBytes()))
          .append(", ")
          .append(time(status.lagSeconds()));
    }
    return text.toString();
  }

  private static String certificate(@Nullable Certificate certificate, long differences) {
    String differing =
        differences == 0
            ? ""
            : String.format(
                Locale.ROOT,
                "%,d %s\n",
                differences,
                differences == 1 ? "row differs" : "rows differ");
    return certificate == null
        ? differing + "no certificate yet: not every row was compared\n"
        : differing
            + "certificate: "
            + (certificate.green() ? "green" : "red")
            + ", "
            + count(certificate.rows())
            + (certificate.method().equals("checksums")
                ? " rows compared by checksums at "
                : " rows compared at ")
            + certificate.at()
            + " ("
            + certificate.cut()
            + ")\n";
  }

  /// The same, as the gateway sends it.
  static String reconciled(JsonNode report) {
    return reconciled(LINE.treeToValue(report, ReconcileReport.class));
  }

  static String reconciled(ReconcileReport report) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%s: %,d rows compared on each side in %s (%s rows/s), %,d differ",
            report.transfer(),
            report.rows(),
            time(report.seconds()),
            rate(report.rowsPerSecond()),
            report.differing()));
    text.append(
        report.repaired() == 0
            ? "\n"
            : String.format(Locale.ROOT, ", %,d repaired\n", report.repaired()));
    report.differences().stream()
        .limit(SHOWN)
        .forEach(each ->
            text.append("  ")
                .append(each.table())
                .append(", key ")
                .append(each.key())
                .append(": ")
                .append(each.kind())
                .append(each.columns().isEmpty() ? "" : " " + String.join(", ", each.columns()))
                .append('\n'));
    long more = report.differing() - Math.min(SHOWN, report.differences().size());
    if (more > 0) {
      text.append(String.format(Locale.ROOT, "  and %,d more\n", more));
    }
    for (ReconcileReport.Check check : report.checks()) {
      text.append("  check ").append(check.name()).append(": ").append(said(check)).append('\n');
    }
    return text.append(certificate(report.certificate(), 0)).toString();
  }

  private static String said(ReconcileReport.Check check) {
    if (check.problem() != null) {
      return check.problem();
    }
    return check.agrees()
        ? "agrees"
        : "the source says " + check.source() + ", the target " + check.target();
  }

  static String removed(TransferCommands.Remove.Removed removed) {
    List<String> what = removed.removed();
    return what.isEmpty()
        ? removed.transfer() + ": there was nothing to remove\n"
        : removed.transfer() + ": removed\n  " + String.join("\n  ", what) + "\n";
  }

  /// A change of the owner, as the control plane tells it.
  static String moved(JsonNode report) {
    StringBuilder text = new StringBuilder();
    for (JsonNode step : report.path("steps")) {
      text.append("  ")
          .append(step.path("name").asString(""))
          .append(", ")
          .append(Figures.millis(step.path("millis").asDouble(0)))
          .append('\n');
    }
    String owner = report.path("owner").asString("");
    text.append(report.path("transfer").asString(""))
        .append(": ")
        .append(
            report.path("done").asBoolean(false)
                ? owner + " owns the rows"
                : owner + " still owns the rows: " + report.path("undone").asString(""))
        .append(" (epoch ")
        .append(report.path("epoch").asLong(0))
        .append("); writes were held for ")
        .append(Figures.millis(report.path("pauseMillis").asDouble(0)))
        .append('\n');
    if (report.path("done").asBoolean(false) && !report.path("fenced").asBoolean(false)) {
      text.append("unfenced: who goes round the gateway can still write on the old side\n");
    }
    return text.toString();
  }

  private static String words(StatusReport.Phase phase) {
    return phase.toString().replace('-', ' ');
  }

  static String bar(@Nullable Double share) {
    if (share == null) {
      return "[" + "?".repeat(BAR) + "]";
    }
    int full = (int) Math.floor(share * BAR);
    return "[" + "#".repeat(full) + ".".repeat(BAR - full) + "] " + percent(share);
  }

  /// Never more than it is.
  private static String percent(double share) {
    return (int) Math.floor(100 * share) + "%";
  }

  static String count(@Nullable Long number) {
    return number == null ? "-" : String.format(Locale.ROOT, "%,d", number);
  }

  private static String rate(double rows) {
    return String.format(Locale.ROOT, "%,.0f", rows);
  }

  static String bytes(@Nullable Long bytes) {
    if (bytes == null) {
      return "-";
    }
    double size = bytes;
    int unit = 0;
    while (size >= 1024 && unit < UNITS.length - 1) {
      size /= 1024;
      unit++;
    }
    return unit == 0 ? bytes + " B" : String.format(Locale.ROOT, "%.1f %s", size, UNITS[unit]);
  }

  static String time(@Nullable Double seconds) {
    if (seconds == null) {
      return "-";
    }
    if (seconds < 10) {
      return String.format(Locale.ROOT, "%.1fs", seconds);
    }
    long whole = Math.round(seconds);
    if (whole < 60) {
      return whole + "s";
    }
    return whole < 3_600
        ? String.format(Locale.ROOT, "%dm %02ds", whole / 60, whole % 60)
        : String.format(Locale.ROOT, "%dh %02dm", whole / 3_600, whole % 3_600 / 60);
  }
}
