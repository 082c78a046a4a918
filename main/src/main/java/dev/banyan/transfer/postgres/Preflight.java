package dev.banyan.transfer.postgres;

import dev.banyan.transfer.engine.Finding;
import dev.banyan.transfer.table.Column;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.Type;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// Everything that will not work, by name, before anything is moved.
final class Preflight {
  private final Connection connection;
  private final int version;
  private final List<Finding> findings = new ArrayList<>();

  private Preflight(Connection connection, int version) {
    this.connection = connection;
    this.version = version;
  }

  static List<Finding> source(Connection connection, int version, List<Table> tables)
      throws SQLException {
    Preflight preflight = new Preflight(connection, version);
    preflight.findings.addAll(ServerFindings.source(connection, version));
    for (Table table : tables) {
      preflight.source(table, Facts.of(connection, table, "'SELECT'"));
    }
    return List.copyOf(preflight.findings);
  }

  static List<Finding> target(Connection connection, int version, List<Table> tables)
      throws SQLException {
    Preflight preflight = new Preflight(connection, version);
    preflight.findings.addAll(ServerFindings.target(connection, version));
    boolean under = ServerFindings.underWay(connection);
    for (Table table : tables) {
      Facts facts = Facts.of(connection, table, "'SELECT', 'INSERT', 'UPDATE', 'DELETE'");
      preflight.target(table, facts, under);
    }
    return List.copyOf(preflight.findings);
  }

  private void blocks(String code, Object subject, String says) {
    findings.add(new Finding(true, code, subject.toString(), says));
  }

  /// What is in the way of following alone.
  private void unfollowable(String code, Object subject, String says) {
    findings.add(new Finding(true, code, subject.toString(), says, true));
  }

  /// The same, where it is in nobody's way.
  private void unfollowed(String code, Object subject, String says) {
    findings.add(new Finding(false, code, subject.toString(), says, true));
  }

  private void informs(String code, Object subject, String says) {
    findings.add(new Finding(false, code, subject.toString(), says));
  }

  private void common(Table table, Facts facts) {
    switch (facts.kind()) {
      case "f" -> blocks("foreign-table", table.name(), "its rows are in another server");
      case "v", "m" -> blocks("view", table.name(), "it is a view; name the tables below it");
      default -> {
        // a table
      }
    }
    switch (facts.persistence()) {
      case "t" ->
          blocks("temporary-table", table.name(), "a temporary table is one session's alone");
      case "u" ->
          unfollowable(
              "unlogged-table",
              table.name(),
              "an unlogged table is not in the log and is emptied by a crash; alter table "
                  + table.name()
                  + " set logged");
      default -> {
        // lasting
      }
    }
    if (facts.inherits()) {
      blocks("inheritance", table.name(), "tables that inherit from each other share rows");
    }
    if (table.key().isEmpty()) {
      blocks(
          facts.deferrable() ? "deferrable-key" : "no-key",
          table.name(),
          facts.deferrable()
              ? "its primary key is deferrable and can not tell one row from another; make it not"
                  + " deferrable or add a unique index over columns that are not null"
              : "it has neither a primary key nor a unique index over columns that are not null;"
                  + " add one");
    }
    if (facts.guarded()) {
      blocks(
          "row-security",
          table.name(),
          "row-level security hides rows from the transfer's role; grant it bypassrls");
    }
    if (!facts.lacking().isEmpty()) {
      blocks(
          "no-privilege",
          table.name(),
          "the transfer's role lacks " + facts.lacking() + "; grant it");
    }
  }

  private void source(Table table, Facts facts) throws SQLException {
    common(table, facts);
    if (facts.kind().equals("p") && version < 13) {
      unfollowable(
          "partitioned",
          table.name(),
          "before version 13 a partitioned table can not be published; name its partitions");
    }
    if (!facts.owned()) {
      unfollowable(
          "not-owner",
          table.name(),
          "only a member of its owner can publish it; grant that role to the transfer's");
    }
    if (facts.kind().equals("r") || facts.kind().equals("p")) {
      for (String each : Identities.missing(connection, List.of(table))) {
        unfollowable("replica-identity", table.name(), each);
      }
    }
    if (facts.identity() != 'f' && !facts.large().isEmpty()) {
      unfollowed(
          "large-values",
          table.name(),
          "the log leaves out large values that did not change ("
              + facts.large()
              + "): the target's stay as they are; a row that goes to another key is read again."
              + " Replica identity full has them in the log");
    }
    key(table);
    for (Column column : table.columns()) {
      sourceColumn(table, column);
    }
  }

  private void sourceColumn(Table table, Column column) throws SQLException {
    String subject = table.name() + "." + column.name();
    if (column.generated() && !inLog(table, column)) {
      informs(
          "generated",
          subject,
          "it is computed and not in the log: it can be copied and compared, not followed into a"
              + " column that is not computed");
    }
    if (column.type().kind() == Type.Kind.OTHER && !Declared.builtIn(column.type().declared())) {
      informs(
          "text-form",
          subject,
          "type "
              + column.type().declared()
              + " is not built in; it is moved in its text form, and only to a PostgreSQL that has"
              + " it");
    }
  }

  /// Stored ones are, from version 18 on.
  private boolean inLog(Table table, Column column) throws SQLException {
    return version >= 18
        && Sessions.list(
                connection,
                "select attgenerated = 's' from pg_attribute where attrelid = ?::regclass and"
                    + " attname = ?",
                row -> row.getBoolean(1),
                Sql.table(table.name()),
                column.name())
            .getFirst();
  }

  private void key(Table table) {
    String unordered =
        table.key().stream()
            .map(table::column)
            .filter(column -> !ordered(column))
            .map(column -> column.name() + " " + column.type().declared())
            .collect(Collectors.joining(", "));
    if (!unordered.isEmpty()) {
      informs(
          "unordered-key",
          table.name(),
          "its key ("
              + unordered
              + ") is ordered by rules that only the server knows: changes of the whole table wait"
              + " while it is copied. A key in collation \"C\" needs no waiting");
    }
  }

  private static boolean ordered(Column column) {
    return switch (column.type().kind()) {
      case TEXT, CHAR -> column.binary();
      case ENUM, OTHER, BITS, ARRAY, JSON, TIME_TZ -> false;
      default -> true;
    };
  }

  private void target(Table table, Facts facts, boolean underWay) throws SQLException {
    common(table, facts);
    if (facts.filled()) {
      findings.add(
          new Finding(
              !underWay,
              "not-empty",
              table.name().toString(),
              "it holds rows already, which the backfill would replace; empty it first"));
    }
    if (!facts.triggers().isEmpty()) {
      informs(
          "triggers",
          table.name(),
          "its triggers fire on what the transfer writes ("
              + facts.triggers()
              + "); disable them,"
              + " or see that they change nothing");
    }
    if (!facts.foreign().isEmpty()) {
      blocks(
          "foreign-key",
          table.name(),
          "rows come in no order of foreign keys ("
              + facts.foreign()
              + "); drop them and add them again when the backfill is over");
    }
    if (!facts.referring().isEmpty()) {
      blocks(
          "cascade",
          table.name(),
          "a row that goes or is renumbered takes others with it ("
              + facts.referring()
              + "), which the source's log does as well; drop the foreign key meanwhile");
    }
    if (!facts.uniques().isEmpty() && table.key().size() > 0) {
      informs(
          "unique",
          table.name(),
          "beside its key it has unique indexes ("
              + facts.uniques()
              + "), which can refuse a row while chunks of different times meet");
    }
    for (Column column : table.columns()) {
      if (column.generated()) {
        informs(
            "generated",
            table.name() + "." + column.name(),
            "it is computed here: it is compared, and never written");
      }
    }
    sequences(table);
  }

  private void sequences(Table table) throws SQLException {
    for (PostgresTarget.Counter each : PostgresTarget.counters(connection, table)) {
      boolean may =
          Sessions.list(
                  connection,
                  "select has_sequence_privilege(?, 'UPDATE') and has_sequence_privilege(?,"
                      + " 'SELECT')",
                  row -> row.getBoolean(1),
                  each.sequence(),
                  each.sequence())
              .getFirst();
      String subject = table.name() + "." + each.column();
      if (may) {
        informs(
            "sequence",
            subject,
            each.sequence() + " is moved on when the writes change sides, and not before");
      } else {
        blocks(
            "sequence",
            subject,
            each.sequence() + " can not be moved on; grant select and update on it");
      }
    }
  }
}
