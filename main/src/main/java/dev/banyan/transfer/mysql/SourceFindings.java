package dev.banyan.transfer.mysql;

import dev.banyan.transfer.engine.Finding;
import dev.banyan.transfer.table.Column;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import dev.banyan.transfer.table.Type;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// What keeps tables from being copied out of here and followed.
final class SourceFindings {
  private static final long DAY = 86_400;

  private final Sessions sessions;
  private final Catalog catalog;
  private final List<Finding> findings = new ArrayList<>();

  SourceFindings(Sessions sessions, Catalog catalog) {
    this.sessions = sessions;
    this.catalog = catalog;
  }

  List<Finding> of(List<Table> tables) throws SQLException {
    if (!sessions.on("log_bin")) {
      block("log_bin", "log_bin", "the server keeps no binary log: set log_bin and start it anew");
    } else {
      log();
      retention();
      rights();
    }
    findings.replaceAll(Finding::ofFollowing);
    for (Table table : tables) {
      table(table);
    }
    cascades(tables);
    return List.copyOf(findings);
  }

  private void block(String code, String subject, String says) {
    findings.add(new Finding(true, code, subject, says));
  }

  /// What is in the way of following alone.
  private void following(String code, String subject, String says) {
    findings.add(new Finding(true, code, subject, says, true));
  }

  private void note(String code, String subject, String says) {
    findings.add(new Finding(false, code, subject, says));
  }

  private void log() throws SQLException {
    must("binlog_format", "ROW", "statements cannot be followed, only rows");
    must("binlog_row_image", "FULL", "the log leaves out columns");
    must("log_bin_compress", "OFF", "compressed events cannot be read");
    must("binlog_transaction_compression", "OFF", "compressed transactions cannot be read");
    must("binlog_row_value_options", "", "partial JSON cannot be read");
    if (sessions.setting("server_id").orElse("0").equals("0")) {
      block(
          "server_id", "server_id", "it is 0, so that nobody can follow: set it to another number");
    }
    String metadata = sessions.setting("binlog_row_metadata").orElse("");
    if (!metadata.equalsIgnoreCase("FULL")) {
      note(
          "binlog_row_metadata",
          "binlog_row_metadata",
          "the log does not name columns, so that a column renamed while we lag goes unnoticed"
              + " until its statement is reached: set it to FULL");
    }
    if (!sessions.mariaDb()) {
      note(
          "snapshot_lock",
          "flush tables with read lock",
          "each snapshot holds back commits for an instant, to learn its place in the log");
    }
  }

  private void must(String setting, String value, String otherwise) throws SQLException {
    String found = sessions.setting(setting).orElse(value);
    if (!found.equalsIgnoreCase(value)) {
      block(
          setting,
          setting,
          "it is " + found + ": " + otherwise + "; set it to " + (value.isEmpty() ? "''" : value));
    }
  }

  private void retention() throws SQLException {
    long seconds = Long.parseLong(sessions.setting("binlog_expire_logs_seconds").orElse("0"));
    double days = Double.parseDouble(sessions.setting("expire_logs_days").orElse("0"));
    double kept = seconds > 0 ? seconds : days * DAY;
    if (kept > 0 && kept < DAY) {
      note(
          "log_retention",
          "binlog_expire_logs_seconds",
          "the log is kept for %.0f s: a transfer that stands still longer begins anew"
              .formatted(kept));
    }
  }

  private void rights() throws SQLException {
    Rights rights = Rights.of(sessions);
    if (!rights.server("REPLICATION SLAVE")) {
      block(
          "right_replication",
          "REPLICATION SLAVE",
          "our account may not follow the log: grant replication slave on *.* to it");
    }
    try (Connection connection = sessions.connection()) {
      Logs.tip(connection);
      Logs.files(connection);
    } catch (SQLException e) {
      block(
          "right_log_status",
          sessions.mariaDb() ? "BINLOG MONITOR" : "REPLICATION CLIENT",
          "our account may not ask where the log ends: grant it on *.*");
    }
  }

  private void table(Table table) throws SQLException {
    String subject = table.name().toString();
    if (table.key().isEmpty()) {
      block(
          "no_key",
          subject,
          "it has neither a primary key nor a unique index over columns that are never NULL: add"
              + " one");
    }
    engine(sessions, table).ifPresent(findings::add);
    Map<String, String> charsets = catalog.charsets(table.name());
    for (Column column : table.columns()) {
      unsupported(table, column).ifPresent(findings::add);
      String charset = charsets.get(column.name());
      if (charset != null && Charsets.of(charset).isEmpty()) {
        following(
            "character_set",
            table.name() + "." + column.name(),
            "text in " + charset + " cannot be read from the log: convert it to utf8mb4");
      }
    }
    try {
      sessions.list("select 1 from " + Sql.name(table.name()) + " limit 0", row -> 1);
    } catch (SQLException e) {
      block("right_select", subject, "our account may not read it: grant select on it");
    }
  }

  static java.util.Optional<Finding> unsupported(Table table, Column column) {
    Type type = column.type();
    if (type.kind() != Type.Kind.OTHER || Types.inet(type) || Types.geometric(type)) {
      return java.util.Optional.empty();
    }
    return java.util.Optional.of(
        new Finding(
            true,
            "type",
            table.name() + "." + column.name(),
            "the type " + type.declared() + " is not supported"));
  }

  static java.util.Optional<Finding> engine(Sessions sessions, Table table) throws SQLException {
    List<String> found =
        sessions.list(
            "select concat(t.table_type, ':', t.engine, ':', coalesce(e.transactions, 'NO'))"
                + " from information_schema.tables t left join information_schema.engines e"
                + " on e.engine = t.engine where t."
                + Catalog.is(table.name()).replace(" and ", " and t."),
            row -> Sessions.text(row, 1));
    if (found.isEmpty()) {
      return java.util.Optional.empty();
    }
    String[] parts = found.getFirst().split(":", -1);
    if (parts[0].equals("SYSTEM VERSIONED")) {
      return java.util.Optional.of(
          new Finding(
              true,
              "system_versioned",
              table.name().toString(),
              "the log tells its old rows as new ones: drop system versioning"));
    }
    return parts[2].equals("YES")
        ? java.util.Optional.empty()
        : java.util.Optional.of(
            new Finding(
                true,
                "engine",
                table.name().toString(),
                parts[1] + " has no transactions: alter it to InnoDB"));
  }

  private void cascades(List<Table> tables) throws SQLException {
    Set<TableName> ours = tables.stream().map(Table::name).collect(Collectors.toSet());
    for (Cascade cascade : Cascade.all(sessions)) {
      if (ours.contains(cascade.child())) {
        following(
            "cascade",
            cascade.child() + "." + cascade.constraint(),
            "changes that it makes for "
                + cascade.parent()
                + " do not stand in the log: alter it to RESTRICT, and let the application delete"
                + " or update the rows itself");
      }
    }
  }

  /// A foreign key that changes rows by itself.
  record Cascade(TableName child, TableName parent, String constraint) {
    static List<Cascade> all(Sessions sessions) throws SQLException {
      return sessions.list(
          "select constraint_schema, table_name, unique_constraint_schema, referenced_table_name,"
              + " constraint_name from information_schema.referential_constraints"
              + " where delete_rule in ('CASCADE', 'SET NULL', 'SET DEFAULT')"
              + " or update_rule in ('CASCADE', 'SET NULL', 'SET DEFAULT')",
          row ->
              new Cascade(
                  new TableName(Sessions.text(row, 1), Sessions.text(row, 2)),
                  new TableName(Sessions.text(row, 3), Sessions.text(row, 4)),
                  Sessions.text(row, 5)));
    }
  }
}
