package dev.banyan.transfer.reconcile;

import dev.banyan.migration.Certificate;
import dev.banyan.transfer.options.TransferOptions.Check;
import dev.banyan.transfer.table.Row;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The user's own assertions: a query for each side, whose answers must be the same.
///
/// Rows are compared in the order in which they come. Numbers are compared by value, and a truth
/// value is 1 or 0, as databases without a type for it have it.
final class Checks {
  private static final int MOST_ROWS = 1_000;
  private static final int SHOWN = 1_000;

  private Checks() {}

  static List<Certificate.Check> answer(List<Check> checks, AlignedCut.Cut cut)
      throws SQLException {
    List<Certificate.Check> answered = new ArrayList<>();
    for (Check check : checks) {
      List<Row> source = cut.source().ask(check.source(), MOST_ROWS);
      List<Row> target = cut.target().ask(check.target(), MOST_ROWS);
      answered.add(
          new Certificate.Check(check.name(), same(source, target), shown(source), shown(target)));
    }
    return answered;
  }

  static boolean same(List<Row> source, List<Row> target) {
    boolean same = source.size() == target.size();
    for (int i = 0; same && i < source.size(); i++) {
      @Nullable Object[] a = source.get(i).cells();
      @Nullable Object[] b = target.get(i).cells();
      same = a.length == b.length;
      for (int j = 0; same && j < a.length; j++) {
        same = plain(a[j]).equals(plain(b[j])) && (a[j] == null) == (b[j] == null);
      }
    }
    return same;
  }

  private static String plain(@Nullable Object cell) {
    return switch (cell) {
      case null -> "NULL";
      case Boolean truth -> truth ? "1" : "0";
      case Double number when !Double.isFinite(number) -> number.toString();
      case Float number when !Float.isFinite(number) -> number.toString();
      case BigDecimal number -> plain(number);
      case Number number -> plain(new BigDecimal(number.toString()));
      case byte[] bytes -> HexFormat.of().formatHex(bytes);
      default -> cell.toString();
    };
  }

  private static String plain(BigDecimal number) {
    return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
  }

  private static String shown(List<Row> rows) {
    List<String> lines = new ArrayList<>();
    for (Row row : rows) {
      List<String> cells = new ArrayList<>();
      for (Object cell : row.cells()) {
        cells.add(plain(cell));
      }
      lines.add(String.join(", ", cells));
    }
    String text = String.join("; ", lines);
    return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
  }
}
