package dev.banyan.transfer.embedded;

import dev.banyan.transfer.engine.ChangeStream;
import dev.banyan.transfer.table.Change;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.Transaction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// What a change log says, in words.
final class Said {
  private Said() {}

  static List<Transaction> all(ChangeStream stream) throws Exception {
    List<Transaction> all = new ArrayList<>();
    Optional<Transaction> next = stream.next(Duration.ofMillis(50));
    while (next.isPresent()) {
      all.add(next.get());
      next = stream.next(Duration.ofMillis(50));
    }
    return all;
  }

  static List<String> said(ChangeStream stream) throws Exception {
    return all(stream).stream().flatMap(each -> each.changes().stream()).map(Said::said).toList();
  }

  static String said(Change change) {
    return switch (change) {
      case Change.Upsert upsert ->
          (upsert.moved() ? upsert.before() + " -> " : "") + row(upsert.row());
      case Change.Delete gone -> "gone " + gone.key();
      case Change.Altered altered -> altered.table().name() + ": " + altered.what();
      case Change.Truncate truncated -> "emptied " + truncated.table();
    };
  }

  static String row(Row row) {
    List<String> cells = new ArrayList<>();
    for (Object cell : row.cells()) {
      cells.add(
          switch (cell) {
            case null -> "NULL";
            case byte[] bytes -> "x" + HexFormat.of().formatHex(bytes);
            case Double number -> number + "d";
            case String text -> "'" + text + "'";
            default -> cell.toString();
          });
    }
    return String.join(" ", cells);
  }
}
