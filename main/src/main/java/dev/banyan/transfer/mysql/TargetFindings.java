package dev.banyan.transfer.mysql;

import dev.banyan.transfer.engine.Finding;
import dev.banyan.transfer.table.Column;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import dev.banyan.transfer.table.Type;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// What keeps rows from being written into tables here.
final class TargetFindings {
  private final Sessions sessions;
  private final Catalog catalog;
  private final List<Finding> findings = new ArrayList<>();

  TargetFindings(Sessions sessions, Catalog catalog) {
    this.sessions = sessions;
    this.catalog = catalog;
  }

  List<Finding> of(List<Table> tables) throws SQLException {
    server();
    Rights rights = Rights.of(sessions);
    if (!rights.schema(sessions.database(), "CREATE")) {
      block(
          "right_create",
          sessions.database(),
          "our account may not create the tables that we keep there: grant create on it");
    }
    for (Table table : tables) {
      table(table, rights);
    }
    foreignKeys(tables);
    return List.copyOf(findings);
  }

  private void block(String code, String subject, String says) {
    findings.add(new Finding(true, code, subject, says));
  }

  private void note(String code, String subject, String says) {
    findings.add(new Finding(false, code, subject, says));
  }

  private void server() throws SQLException {
    if (sessions.database().isEmpty()) {
      block("database", "url", "the url names no database for the tables that we keep: add one");
    }
    if (sessions.on("read_only")) {
      block("read_only", "read_only", "the server takes no writes: set it to OFF");
    }
    if (!sessions.on("local_infile")) {
      note(
          "local_infile",
          "local_infile",
          "it is off: rows are copied by INSERT, several times slower; set it to ON");
    }
    boolean statements =
        sessions.on("log_bin")
            && sessions.setting("binlog_format").orElse("ROW").equalsIgnoreCase("STATEMENT");
    if (statements) {
      block(
          "binlog_format",
          "binlog_format",
          "it is STATEMENT, with which rows cannot be loaded safely: set it to ROW");
    }
  }

  private void table(Table table, Rights rights) throws SQLException {
    String subject = table.name().toString();
    if (table.key().isEmpty()) {
      block("no_key", subject, "it has no primary key and no unique index without NULLs: add one");
    }
    for (String right : List.of("SELECT", "INSERT", "UPDATE", "DELETE")) {
      if (!rights.table(table.name(), right)) {
        block(
            "right_" + right.toLowerCase(java.util.Locale.ROOT),
            subject,
            "our account may not: grant " + right + " on it");
      }
    }
    SourceFindings.engine(sessions, table).ifPresent(findings::add);
    for (Column column : table.columns()) {
      SourceFindings.unsupported(table, column).ifPresent(findings::add);
      column(table, column);
    }
    triggers(table);
    boolean rows =
        rights.table(table.name(), "SELECT")
            && !sessions
                .list("select 1 from " + Sql.name(table.name()) + " limit 1", row -> 1)
                .isEmpty();
    if (rows) {
      note("not_empty", subject, "it has rows already: those in a copied range are replaced");
    }
    if (catalog.uniques(table.name()).size() > 1) {
      note(
          "unique_keys",
          subject,
          "it has further unique keys: changes are applied more slowly, and two rows that are only"
              + " equal here are refused");
    }
  }

  private void column(Table table, Column column) {
    String subject = table.name() + "." + column.name();
    if (column.generated()) {
      note("generated", subject, "the database computes it: it is compared, not written");
    }
    boolean text = column.type().kind() == Type.Kind.TEXT || column.type().kind() == Type.Kind.CHAR;
    if (table.key().contains(column.name()) && text && !column.binary()) {
      note(
          "key_collation",
          subject,
          "its collation holds different texts equal: two keys of the source may be one here");
    }
  }

  private void triggers(Table table) throws SQLException {
    List<String> triggers =
        sessions.list(
            "select trigger_name from information_schema.triggers where event_object_schema = "
                + Sql.text(table.name().schema())
                + " and event_object_table = "
                + Sql.text(table.name().name())
                + " and trigger_name not like 'banyan\\_%'",
            row -> Sessions.text(row, 1));
    for (String trigger : triggers) {
      block(
          "trigger",
          table.name() + "." + trigger,
          "it would run for copied rows too, whose effects are copied anyway: drop it until the"
              + " writes have moved");
    }
  }

  private void foreignKeys(List<Table> tables) throws SQLException {
    Set<TableName> ours = tables.stream().map(Table::name).collect(Collectors.toSet());
    for (SourceFindings.Cascade cascade : SourceFindings.Cascade.all(sessions)) {
      if (ours.contains(cascade.parent())) {
        block(
            "cascade",
            cascade.child() + "." + cascade.constraint(),
            "rows of "
                + cascade.parent()
                + " that are written anew would change rows of "
                + cascade.child()
                + ": alter it to RESTRICT until the writes have moved");
      }
    }
    record Reference(TableName child, TableName parent, String name) {}
    List<Reference> references =
        sessions.list(
            "select constraint_schema, table_name, unique_constraint_schema,"
                + " referenced_table_name, constraint_name"
                + " from information_schema.referential_constraints",
            row ->
                new Reference(
                    new TableName(Sessions.text(row, 1), Sessions.text(row, 2)),
                    new TableName(Sessions.text(row, 3), Sessions.text(row, 4)),
                    Sessions.text(row, 5)));
    for (Reference each : references) {
      if (ours.contains(each.child())) {
        note(
            "foreign_key",
            each.child() + "." + each.name(),
            "rows of " + each.parent() + " must be there first: it is checked for each row");
      }
    }
  }
}
