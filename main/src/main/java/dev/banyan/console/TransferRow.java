package dev.banyan.console;

import dev.banyan.control.TransferView;
import dev.banyan.transfer.report.Certificate;
import dev.banyan.transfer.report.StatusReport;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// One transfer in words.
///
/// @param unavailable why it is not known where it stands; empty where it is, and then all that is
///   behind it is not
/// @param lag empty where no log is followed
/// @param red whether the certificate says that the sides differ
record TransferRow(
    String name,
    String way,
    String families,
    String unavailable,
    String phase,
    String owner,
    String rows,
    String lag,
    String certificate,
    boolean red,
    String stopped,
    List<Table> tables) {

  /// One table's progress.
  ///
  /// @param share whole percents for the bar; empty where it is not known how many rows there are
  record Table(
      String name,
      String to,
      String state,
      String share,
      String rows,
      String left,
      String waits,
      String why) {
    static Table of(StatusReport.Table table) {
      Double share = table.share();
      Long total = table.total();
      Double left = table.secondsLeft();
      String waits = table.waits();
      String why = table.why();
      return new Table(
          table.table(),
          table.to().equals(table.table()) ? "" : table.to(),
          table.state().toString(),
          share == null ? "" : Long.toString((long) Math.floor(100 * share)),
          Words.count(table.rows()) + (total == null ? "" : " of " + Words.count(total)),
          left == null ? "" : time(left) + " left",
          waits == null ? "" : waits,
          why == null ? "" : why);
    }
  }

  boolean anyTables() {
    return !tables.isEmpty();
  }

  static TransferRow of(TransferView view) {
    String way = view.from() + " → " + view.to();
    String families = String.join(", ", view.families());
    StatusReport status = view.status();
    if (status == null) {
      String why = view.unavailable();
      return new TransferRow(
          view.name(),
          way,
          families,
          why == null ? "it is not known where it stands" : why,
          "",
          "",
          "",
          "",
          "",
          false,
          "",
          List.of());
    }
    Certificate certificate = status.certificate();
    String stopped = status.stopped();
    return new TransferRow(
        view.name(),
        way,
        families,
        "",
        status.phase().toString().replace('-', ' '),
        status.owner() + " owns the rows, epoch " + status.epoch(),
        rows(status),
        lag(status),
        certificate(certificate, status.differences()),
        (certificate != null && !certificate.green()) || status.differences() > 0,
        stopped == null ? "" : stopped,
        status.tables().stream().map(Table::of).toList());
  }

  private static String rows(StatusReport status) {
    Double left = status.secondsLeft();
    return Words.count(status.rows())
        + " rows"
        + (status.rowsPerSecond() > 0
            ? String.format(Locale.ROOT, ", %,.0f/s", status.rowsPerSecond())
            : "")
        + (left == null ? "" : ", " + time(left) + " left");
  }

  private static String lag(StatusReport status) {
    Long bytes = status.lagBytes();
    Double seconds = status.lagSeconds();
    if (bytes == null && seconds == null) {
      return "";
    }
    String size = bytes == null ? "" : Words.count(bytes) + " bytes";
    String time = seconds == null ? "" : time(seconds);
    return size + (bytes != null && seconds != null ? ", " : "") + time;
  }

  private static String certificate(@Nullable Certificate certificate, long differences) {
    if (differences > 0) {
      return Words.count(differences) + " rows differ";
    }
    return certificate == null
        ? ""
        : (certificate.green() ? "green" : "red")
            + ", "
            + Words.count(certificate.rows())
            + " rows, "
            + Words.moment(certificate.at());
  }

  private static String time(double seconds) {
    return Words.time(Duration.ofMillis(Math.round(seconds * 1_000)));
  }
}
