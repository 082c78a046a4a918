package dev.banyan.transfer.postgres;

import dev.banyan.transfer.engine.ChangeStream;
import dev.banyan.transfer.table.Change;
import dev.banyan.transfer.table.Position;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import dev.banyan.transfer.table.Transaction;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// What several tests do with a database.
final class Moves {
  private static final int LOOKS = 2_000;

  private Moves() {}

  static List<Table> tables(PostgresDatabase database, String... names) throws SQLException {
    return database.tables(
        Arrays.stream(names).map(name -> TableName.parse(name, "public")).toList());
  }

  static Table table(PostgresDatabase database, String name) throws SQLException {
    return tables(database, name).getFirst();
  }

  /// Transactions with changes, until there are so many or nothing came for long.
  static List<Transaction> next(ChangeStream stream, int wanted)
      throws SQLException, InterruptedException {
    List<Transaction> found = new ArrayList<>();
    for (int i = 0; i < LOOKS && found.size() < wanted; i++) {
      Optional<Transaction> next = stream.next(Duration.ofMillis(5));
      next.filter(each -> !each.changes().isEmpty()).ifPresent(found::add);
    }
    return found;
  }

  /// Everything up to a position.
  static List<Transaction> until(ChangeStream stream, Position tip)
      throws SQLException, InterruptedException {
    List<Transaction> found = new ArrayList<>();
    for (int i = 0; i < LOOKS && stream.reached().compareTo(tip) < 0; i++) {
      stream.next(Duration.ofMillis(5)).ifPresent(found::add);
    }
    return found;
  }

  static List<Change> changes(List<Transaction> transactions) {
    return transactions.stream().flatMap(each -> each.changes().stream()).toList();
  }
}
