package dev.banyan.transfer.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.transfer.engine.ChangeStream;
import dev.banyan.transfer.engine.RowCursor;
import dev.banyan.transfer.engine.Snapshot;
import dev.banyan.transfer.engine.Source;
import dev.banyan.transfer.engine.Target;
import dev.banyan.transfer.engine.TargetWork;
import dev.banyan.transfer.table.Change;
import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Range;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import dev.banyan.transfer.table.Transaction;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Values at the edges of every type go round: out of a snapshot and out of the log, and in by file
/// and by statement, in a session whose time zone is another.
class TypesRoundTest {
  @RegisterExtension
  static final MariaDbServer SERVER = new MariaDbServer("--default-time-zone=+05:30");

  @Test
  void everyValueIsTheSameOutOfSnapshotAndLogAndInByFileAndStatement() throws Exception {
    String schema = SERVER.schema();
    Map<String, List<MariaDbTypes.Case>> columns = new LinkedHashMap<>();
    for (MariaDbTypes.Case each : MariaDbTypes.all()) {
      columns.computeIfAbsent(each.declared(), key -> new ArrayList<>()).add(each);
    }
    List<TableName> names = create(schema, new ArrayList<>(columns.keySet()));
    try (MysqlDatabase database =
        MysqlDatabase.open("m", SERVER.url(schema), "root", "", Thread::new)) {
      List<Table> tables = database.tables(names);
      SoftAssertions softly = new SoftAssertions();
      try (Source source = database.source("t", tables);
          ChangeStream stream = source.follow(source.begin().orElseThrow().position())) {
        fill(schema, new ArrayList<>(columns.values()));
        Map<TableName, List<Row>> logged = logged(stream, source);
        Target target = database.target("t", tables);
        target.prepare();
        int i = 0;
        for (List<MariaDbTypes.Case> cases : columns.values()) {
          Table from = table(tables, schema, "f" + i);
          List<Row> read = rows(source, from);
          same(softly, cases, "read", read);
          same(softly, cases, "logged", logged.getOrDefault(from.name(), List.of()));
          Table loaded = table(tables, schema, "l" + i);
          Table applied = table(tables, schema, "a" + i);
          write(target, loaded, applied, read);
          same(softly, cases, "loaded", rows(source, loaded));
          same(softly, cases, "applied", rows(source, applied));
          i++;
        }
      }
      softly.assertAll();
    }
  }

  private static void same(
      SoftAssertions softly, List<MariaDbTypes.Case> cases, String how, List<Row> rows) {
    List<Object> cells = new ArrayList<>();
    rows.forEach(row -> cells.add(row.cell(1)));
    List<Object> wanted = new ArrayList<>();
    cases.forEach(each -> wanted.add(each.cell()));
    wanted.add(null);
    String what = how + " " + cases.getFirst().declared();
    softly.assertThat(cells).as(what).hasSameSizeAs(wanted);
    for (int i = 0; i < Math.min(cells.size(), wanted.size()); i++) {
      if (cells.get(i) instanceof String text && text.length() > 1000) {
        softly.assertThat(text.equals(wanted.get(i))).as(what).isTrue();
      } else {
        softly.assertThat(cells.get(i)).as(what).isEqualTo(wanted.get(i));
      }
    }
  }

  private static List<TableName> create(String schema, List<String> declared) throws Exception {
    List<TableName> names = new ArrayList<>();
    try (Connection connection = SERVER.connect(schema)) {
      for (int i = 0; i < declared.size(); i++) {
        for (String kind : List.of("f", "l", "a")) {
          MariaDbServer.run(
              connection,
              "create table " + kind + i + " (id int primary key, v " + declared.get(i) + ")");
          names.add(new TableName(schema, kind + i));
        }
      }
    }
    return names;
  }

  private static void fill(String schema, List<List<MariaDbTypes.Case>> columns) throws Exception {
    try (Connection connection = SERVER.connect(schema)) {
      MariaDbServer.run(
          connection, "set sql_mode = 'STRICT_ALL_TABLES'", "set time_zone = '+00:00'");
      for (int i = 0; i < columns.size(); i++) {
        int id = 0;
        for (MariaDbTypes.Case each : columns.get(i)) {
          MariaDbServer.run(
              connection, "insert into f" + i + " values (" + id++ + ", " + each.literal() + ")");
        }
        MariaDbServer.run(connection, "insert into f" + i + " values (" + id + ", null)");
      }
    }
  }

  private static Map<TableName, List<Row>> logged(ChangeStream stream, Source source)
      throws Exception {
    Map<TableName, List<Row>> rows = new LinkedHashMap<>();
    var tip = source.tip();
    while (stream.reached().compareTo(tip) < 0) {
      Transaction transaction = stream.next(Duration.ofSeconds(20)).orElse(null);
      if (transaction == null) {
        continue;
      }
      for (Change each : transaction.changes()) {
        if (each instanceof Change.Upsert upsert) {
          rows.computeIfAbsent(upsert.table(), key -> new ArrayList<>()).add(upsert.row());
        }
      }
    }
    return rows;
  }

  private static Table table(List<Table> tables, String schema, String name) {
    TableName wanted = new TableName(schema, name);
    return tables.stream().filter(each -> each.name().equals(wanted)).findFirst().orElseThrow();
  }

  static List<Row> rows(Source source, Table table) throws Exception {
    List<Row> rows = new ArrayList<>();
    try (Snapshot snapshot = source.snapshot();
        RowCursor cursor = snapshot.read(table, Range.ALL, "")) {
      for (Row row = cursor.next(); row != null; row = cursor.next()) {
        rows.add(row);
      }
    }
    return rows;
  }

  private static void write(Target target, Table loaded, Table applied, List<Row> rows)
      throws Exception {
    try (TargetWork work = target.begin(0)) {
      assertThat(work.copyIn(loaded, cursor(rows))).isEqualTo(rows.size());
      List<Change> changes = new ArrayList<>();
      for (Row row : rows) {
        Key key = row.key(applied.keyIndexes());
        changes.add(new Change.Upsert(applied.name(), key, key, row));
      }
      work.apply(applied, changes);
      work.commit();
    }
  }

  static RowCursor cursor(List<Row> rows) {
    var each = rows.iterator();
    return new RowCursor() {
      @Override
      public Row next() {
        return each.hasNext() ? each.next() : null;
      }

      @Override
      public void close() {}
    };
  }
}
