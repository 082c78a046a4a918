package dev.banyan.transfer.embedded;

import dev.banyan.transfer.engine.Finding;
import dev.banyan.transfer.table.Column;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.Type.Kind;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import javax.tools.ToolProvider;

/// What keeps the tables of H2 from being moved.
final class H2Findings {
  private H2Findings() {}

  static void ofDatabase(Connection connection, List<Finding> findings) throws SQLException {
    boolean admin =
        !Sessions.list(
                connection,
                "select 1 from information_schema.users where user_name = current_user and"
                    + " is_admin",
                row -> 1)
            .isEmpty();
    if (!admin) {
      findings.add(
          new Finding(
              true,
              "right_admin",
              "admin",
              "only an admin may create triggers and see who has a table: grant our account"
                  + " admin"));
    }
    boolean here =
        !connection.getMetaData().getURL().startsWith("jdbc:h2:tcp:")
            && !connection.getMetaData().getURL().startsWith("jdbc:h2:ssl:");
    if (here && ToolProvider.getSystemJavaCompiler() == null) {
      findings.add(
          new Finding(
              true,
              "compiler",
              "java",
              "H2 has its triggers in Java, and compiles them where it runs: run this program with"
                  + " a JDK, not with a JRE"));
    }
    if (!here) {
      findings.add(
          new Finding(
              false,
              "compiler",
              "java",
              "H2 has its triggers in Java, and compiles them where it runs: the server must run"
                  + " with a JDK, not with a JRE"));
    }
  }

  static void ofSource(Table table, List<Finding> findings) {
    findings.add(
        new Finding(
            false,
            "serial_writers",
            table.name().toString(),
            "transactions that write it wait for one another while a transfer follows it, up to"
                + " their lock timeout; one that has locked rows before may meet a deadlock"
                + " (40001) that it has to try again, and TRUNCATE is refused"));
    for (Column column : table.columns()) {
      if (column.type().declared().equals("DECFLOAT")) {
        findings.add(
            new Finding(
                true,
                "decfloat",
                table.name() + "." + column.name(),
                "H2 fails to hand NaN and the infinities of DECFLOAT to a trigger, and with it the"
                    + " application's write: alter it to numeric"));
      }
      if (column.type().kind() == Kind.TIMESTAMP_TZ) {
        findings.add(
            new Finding(
                false,
                "offset",
                table.name() + "." + column.name(),
                "H2 keeps the offset that a moment was written with: the moment is moved, and the"
                    + " offset is not"));
      }
    }
    for (Column column : Log.keyColumns(table)) {
      switch (column.type().kind()) {
        case INTEGER, DECIMAL, TEXT, CHAR, BYTES, UUID, ENUM, BOOLEAN -> {}
        default ->
            findings.add(
                new Finding(
                    true,
                    "key_type",
                    table.name() + "." + column.name(),
                    "triggers are given "
                        + column.type().declared()
                        + " by the zone of their JVM, and a key must be exact: add a unique index"
                        + " over other columns that are never NULL"));
      }
    }
  }

  static void ofTarget(Connection connection, Table table, List<Finding> findings)
      throws SQLException {
    for (String trigger :
        Sessions.list(
            connection,
            "select distinct trigger_name from information_schema.triggers where"
                + " event_object_schema = ? and event_object_table = ? and trigger_name not like"
                + " 'banyan\\_%'",
            row -> Sessions.text(row, 1),
            table.name().schema(),
            table.name().name())) {
      findings.add(
          new Finding(
              true,
              "trigger",
              table.name() + "." + trigger,
              "it would run for copied rows too, whose effects are copied anyway: drop it until"
                  + " the writes have moved"));
    }
    foreignKeys(connection, table, findings);
    for (String column :
        Sessions.list(
            connection,
            "select column_name from information_schema.columns where table_schema = ? and"
                + " table_name = ? and identity_generation = 'ALWAYS'",
            row -> Sessions.text(row, 1),
            table.name().schema(),
            table.name().name())) {
      findings.add(
          new Finding(
              true,
              "identity_always",
              table.name() + "." + column,
              "it takes no numbers but its own: alter it to be generated by default"));
    }
    if (H2Catalog.uniques(connection, table.name()).size() > 1) {
      findings.add(
          new Finding(
              false,
              "unique_keys",
              table.name().toString(),
              "it has further unique keys: two rows that are only equal here are refused"));
    }
  }

  private static void foreignKeys(Connection connection, Table table, List<Finding> findings)
      throws SQLException {
    for (String constraint :
        Sessions.list(
            connection,
            "select r.constraint_name from information_schema.referential_constraints r join"
                + " information_schema.table_constraints p on p.constraint_schema ="
                + " r.unique_constraint_schema and p.constraint_name = r.unique_constraint_name"
                + " where p.table_schema = ? and p.table_name = ? and (r.delete_rule not in ('NO"
                + " ACTION', 'RESTRICT') or r.update_rule not in ('NO ACTION', 'RESTRICT'))",
            row -> Sessions.text(row, 1),
            table.name().schema(),
            table.name().name())) {
      findings.add(
          new Finding(
              true,
              "cascade",
              table.name() + "." + constraint,
              "rows that are written anew would change rows that refer to them: alter it to"
                  + " RESTRICT until the writes have moved"));
    }
    if (!Sessions.list(
            connection,
            "select 1 from information_schema.table_constraints where constraint_type = 'FOREIGN"
                + " KEY' and table_schema = ? and table_name = ? limit 1",
            row -> 1,
            table.name().schema(),
            table.name().name())
        .isEmpty()) {
      findings.add(
          new Finding(
              false,
              "foreign_key",
              table.name().toString(),
              "it refers to others, whose rows must be there first: it is checked for each row"));
    }
  }
}
