package dev.banyan.transfer.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.transfer.Checksums;
import dev.banyan.transfer.Rows;
import dev.banyan.transfer.engine.ChangeStream;
import dev.banyan.transfer.engine.RowCursor;
import dev.banyan.transfer.engine.Snapshot;
import dev.banyan.transfer.engine.Source;
import dev.banyan.transfer.engine.Target;
import dev.banyan.transfer.engine.TargetWork;
import dev.banyan.transfer.postgres.PostgresTypes.Case;
import dev.banyan.transfer.table.Change;
import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Range;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Every built-in type with values at its boundaries, by every way that a row can take. The list is
/// `types.tsv`, from which the reference's page of types is written as well.
class PostgresTypesTest {
  @RegisterExtension static final LogicalServer SERVER = new LogicalServer();

  private static List<Case> cases;
  private static PostgresDatabase database;

  @BeforeAll
  static void create() throws Exception {
    cases = PostgresTypes.of(SERVER.version());
    database = SERVER.open();
    SERVER.run(PostgresTypes.DECLARATIONS.toArray(String[]::new));
    StringBuilder sql = new StringBuilder();
    for (String schema : List.of("source", "copied", "unread", "followed")) {
      sql.append("create schema ").append(schema).append("; ");
      for (Case each : cases) {
        sql.append(
            String.format(
                "create table %s.%s (id int primary key, v %s); ",
                schema, each.table(), each.type()));
      }
    }
    SERVER.run(sql.toString());
  }

  @AfterAll
  static void close() {
    database.close();
  }

  private static void fill() throws SQLException {
    List<String> statements = new ArrayList<>();
    for (Case each : cases) {
      StringBuilder sql = new StringBuilder();
      sql.append("insert into source.").append(each.table()).append(" values (0, null)");
      for (int i = 0; i < each.values().size(); i++) {
        String literal = each.literal(each.values().get(i));
        sql.append(", (").append(i + 1).append(", ").append(literal).append(")");
      }
      statements.add(sql.toString());
    }
    SERVER.run(statements.toArray(String[]::new));
  }

  private static Map<String, Table> tables(String schema) throws SQLException {
    return database
        .tables(cases.stream().map(each -> new TableName(schema, each.table())).toList())
        .stream()
        .collect(Collectors.toMap(each -> each.name().name(), each -> each));
  }

  private static List<String> texts(String schema, Case each) throws SQLException {
    return SERVER.ask(
        "select id || ' ' || coalesce(v::text, 'is null') from "
            + schema
            + "."
            + each.table()
            + " order by id");
  }

  private static @Nullable Object comparable(@Nullable Object cell) {
    return cell instanceof byte[]
        ? Key.of(cell)
        : cell instanceof List<?> list
            ? list.stream().map(PostgresTypesTest::comparable).toList()
            : cell;
  }

  @Test
  void everyValueArrivesAsItWasByCopyUnreadAndByTheLog() throws Exception {
    Map<String, Table> source = tables("source");
    List<Table> copied = List.copyOf(tables("copied").values());
    try (Source from = database.source("types", List.copyOf(source.values()));
        Target to = database.target("types", copied)) {
      to.prepare();
      Source.Beginning beginning = from.begin().orElseThrow();
      fill();
      Map<String, List<Row>> rows = copy(source, to);
      Map<String, List<Change>> changes;
      try (ChangeStream stream = from.follow(beginning.position())) {
        changes =
            Moves.changes(Moves.next(stream, cases.size())).stream()
                .collect(Collectors.groupingBy(change -> change.table().name()));
      }
      from.remove();
      follow(source, changes, to);
      sums(source, to);
      for (Case each : cases) {
        assertThat(of(source, each).column("v").type().kind())
            .as(each.type())
            .isEqualTo(each.kind());
        List<String> original = texts("source", each);
        assertThat(original).as(each.type()).hasSize(each.values().size() + 1);
        assertThat(texts("copied", each)).as("copied " + each.type()).isEqualTo(original);
        assertThat(texts("followed", each)).as("followed " + each.type()).isEqualTo(original);
        assertThat(texts("unread", each)).as("unread " + each.type()).isEqualTo(original);
        assertThat(cells(of(changes, each)))
            .as("the log's cells of " + each.type())
            .isEqualTo(of(rows, each).stream().map(PostgresTypesTest::cell).toList());
      }
    }
  }

  private static void sums(Map<String, Table> source, Target to) throws Exception {
    Map<String, Table> copied = tables("copied");
    try (Snapshot snapshot = to.snapshot()) {
      for (Case each : cases) {
        Checksums.tellApart(snapshot, of(source, each), "v");
        assertThat(Checksums.of(snapshot, of(copied, each)))
            .as("the checksum of " + each.type())
            .isEqualTo(Checksums.of(snapshot, of(source, each)));
      }
    }
  }

  private static <T> T of(Map<String, T> all, Case each) {
    return Objects.requireNonNull(all.get(each.table()), each.table());
  }

  private static List<@Nullable Object> cells(List<Change> changes) {
    return changes.stream()
        .map(change -> cell(((Change.Upsert) change).row()))
        .collect(Collectors.toList());
  }

  private static @Nullable Object cell(Row row) {
    return comparable(row.cell(1)) == null ? "NULL" : comparable(row.cell(1));
  }

  private static Map<String, List<Row>> copy(Map<String, Table> source, Target to)
      throws Exception {
    Map<String, List<Row>> rows = new java.util.HashMap<>();
    Map<String, Table> copied = tables("copied");
    Map<String, Table> unread = tables("unread");
    try (Snapshot snapshot = to.snapshot();
        TargetWork work = to.begin(1)) {
      for (Case each : cases) {
        Table table = of(source, each);
        rows.put(each.table(), Rows.of(snapshot, table));
        try (RowCursor cursor = snapshot.read(table, Range.ALL, "")) {
          assertThat(work.copyIn(of(copied, each), cursor)).isEqualTo(each.values().size() + 1);
        }
        try {
          ByteArrayOutputStream bytes = new ByteArrayOutputStream();
          snapshot.copyOut(table, Range.ALL, "", bytes);
          work.copyIn(of(unread, each), new ByteArrayInputStream(bytes.toByteArray()));
        } catch (UnsupportedOperationException e) {
          // Arrays of a type of the user's: read them, then.
          assertThat(each.type()).containsAnyOf("mood", "inet", "interval", "box");
          try (RowCursor cursor = snapshot.read(table, Range.ALL, "")) {
            work.copyIn(of(unread, each), cursor);
          }
        }
      }
      work.commit();
    }
    return rows;
  }

  private static void follow(
      Map<String, Table> source, Map<String, List<Change>> changes, Target to) throws Exception {
    Map<String, Table> followed = tables("followed");
    try (TargetWork work = to.begin(1)) {
      for (Case each : cases) {
        work.apply(of(followed, each), of(changes, each));
      }
      work.commit();
    }
    assertThat(source).hasSameSizeAs(followed);
  }
}
