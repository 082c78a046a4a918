package dev.banyan.transfer.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.transfer.Checksums;
import dev.banyan.transfer.Rows;
import dev.banyan.transfer.engine.ChangeStream;
import dev.banyan.transfer.engine.Snapshot;
import dev.banyan.transfer.engine.Source;
import dev.banyan.transfer.engine.Target;
import dev.banyan.transfer.engine.TargetWork;
import dev.banyan.transfer.table.Change;
import dev.banyan.transfer.table.Column;
import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import dev.banyan.transfer.table.Transaction;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
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
      Table from = table(tables, schema, "f");
      Table loaded = table(tables, schema, "l");
      Table applied = table(tables, schema, "a");
      SoftAssertions softly = new SoftAssertions();
      try (Source source = database.source("t", tables);
          ChangeStream stream = source.follow(source.begin().orElseThrow().position())) {
        fill(schema, new ArrayList<>(columns.values()));
        List<Row> read = rows(source, from);
        same(softly, columns, "read", read);
        same(softly, columns, "logged", logged(stream, source));
        Target target = database.target("t", tables);
        target.prepare();
        write(target, loaded, applied, read);
        same(softly, columns, "loaded", rows(source, loaded));
        same(softly, columns, "applied", rows(source, applied));
        sums(source, from, List.of(loaded, applied));
      }
      softly.assertAll();
    }
  }

  private static void sums(Source source, Table from, List<Table> copies) throws Exception {
    try (Snapshot snapshot = source.snapshot()) {
      for (Column each : from.columns()) {
        Checksums.tellApart(snapshot, from, each.name());
      }
      for (Table each : copies) {
        assertThat(Checksums.of(snapshot, each)).isEqualTo(Checksums.of(snapshot, from));
      }
    }
  }

  private static void same(
      SoftAssertions softly,
      Map<String, List<MariaDbTypes.Case>> columns,
      String how,
      List<Row> rows) {
    softly.assertThat(rows).as(how).hasSize(rowCount(columns.values()));
    for (int i = 0; i < rows.size(); i++) {
      int column = 1;
      for (List<MariaDbTypes.Case> cases : columns.values()) {
        Object wanted = i < cases.size() ? cases.get(i).cell() : null;
        Object cell = rows.get(i).cell(column++);
        String what = how + " " + cases.getFirst().declared();
        if (cell instanceof String text && text.length() > 1000) {
          softly.assertThat(text.equals(wanted)).as(what).isTrue();
        } else if (how.equals("logged") && MariaDbServer.isMysql() && isJson(cases)) {
          softly.assertThat(cell).as(what).isEqualTo(closeUp(wanted));
        } else {
          softly.assertThat(cell).as(what).isEqualTo(wanted);
        }
      }
    }
  }

  private static boolean isJson(List<MariaDbTypes.Case> cases) {
    return cases.getFirst().declared().equals("json");
  }

  /// MySQL's log has JSON in a form of its own, which has no blanks.
  private static @Nullable Object closeUp(@Nullable Object json) {
    return json == null ? null : json.toString().replace(" ", "");
  }

  /// One more than the longest column has values: the last row is all NULL.
  private static int rowCount(Collection<List<MariaDbTypes.Case>> columns) {
    return columns.stream().mapToInt(List::size).max().orElseThrow() + 1;
  }

  private static List<TableName> create(String schema, List<String> declared) throws Exception {
    StringBuilder columns = new StringBuilder(" (id int primary key");
    for (int i = 0; i < declared.size(); i++) {
      columns.append(", c").append(i).append(' ').append(declared.get(i));
    }
    List<TableName> names = new ArrayList<>();
    try (Connection connection = SERVER.connect(schema)) {
      for (String table : List.of("f", "l", "a")) {
        MariaDbServer.run(connection, "create table " + table + columns + ")");
        names.add(new TableName(schema, table));
      }
    }
    return names;
  }

  private static void fill(String schema, List<List<MariaDbTypes.Case>> columns) throws Exception {
    try (Connection connection = SERVER.connect(schema)) {
      MariaDbServer.run(
          connection, "set sql_mode = 'STRICT_ALL_TABLES'", "set time_zone = '+00:00'");
      for (int i = 0; i < rowCount(columns); i++) {
        StringBuilder sql = new StringBuilder("insert into f values (").append(i);
        for (List<MariaDbTypes.Case> cases : columns) {
          sql.append(", ").append(i < cases.size() ? cases.get(i).literal() : "null");
        }
        MariaDbServer.run(connection, sql.append(')').toString());
      }
    }
  }

  private static List<Row> logged(ChangeStream stream, Source source) throws Exception {
    List<Row> rows = new ArrayList<>();
    var tip = source.tip();
    while (stream.reached().compareTo(tip) < 0) {
      Optional<Transaction> transaction = stream.next(Duration.ofSeconds(20));
      for (Change each : transaction.map(Transaction::changes).orElse(List.of())) {
        if (each instanceof Change.Upsert upsert) {
          rows.add(upsert.row());
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
    try (Snapshot snapshot = source.snapshot()) {
      return Rows.of(snapshot, table);
    }
  }

  private static void write(Target target, Table loaded, Table applied, List<Row> rows)
      throws Exception {
    try (TargetWork work = target.begin(0)) {
      assertThat(work.copyIn(loaded, Rows.cursor(rows))).isEqualTo(rows.size());
      List<Change> changes = new ArrayList<>();
      for (Row row : rows) {
        Key key = row.key(applied.keyIndexes());
        changes.add(new Change.Upsert(applied.name(), key, key, row));
      }
      work.apply(applied, changes);
      work.commit();
    }
  }
}
