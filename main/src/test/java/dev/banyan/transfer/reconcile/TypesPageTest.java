package dev.banyan.transfer.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.transfer.Rows;
import dev.banyan.transfer.engine.Database;
import dev.banyan.transfer.engine.Finding;
import dev.banyan.transfer.engine.MappedTable;
import dev.banyan.transfer.engine.RowRefused;
import dev.banyan.transfer.engine.Snapshot;
import dev.banyan.transfer.engine.Target;
import dev.banyan.transfer.engine.TargetWork;
import dev.banyan.transfer.mapping.Draft;
import dev.banyan.transfer.mapping.Mappings;
import dev.banyan.transfer.mysql.MariaDbServer;
import dev.banyan.transfer.mysql.MariaDbTypes;
import dev.banyan.transfer.mysql.MysqlDatabase;
import dev.banyan.transfer.options.TableOptions;
import dev.banyan.transfer.postgres.LogicalServer;
import dev.banyan.transfer.postgres.PostgresTypes;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Sends every type of PostgreSQL to MariaDB and every type of MariaDB to PostgreSQL, into the
/// table that `transfer plan --ddl` drafts, and each value back again. What it saw is the
/// reference's page of types.
class TypesPageTest {
  @RegisterExtension static final LogicalServer POSTGRES = new LogicalServer();

  @RegisterExtension
  static final MariaDbServer MARIADB = new MariaDbServer("--default-time-zone=+05:30");

  /// Which row it is, that the page has no use for.
  private static final Pattern PLACE = Pattern.compile("^\\S+, key \\d+(, column v)?: ");

  private static final int SHOWN = 36;

  /// A table of one type.
  ///
  /// @param shown its values as the page has them, by the row's key
  private record Given(String table, String type, List<String> shown) {}

  /// What became of one type.
  ///
  /// @param drafted the target's type, or null where the plan refuses it
  private record Line(
      Given given, @Nullable String drafted, List<String> arrived, List<String> refused) {}

  @Test
  void theCommittedPageTellsWhatBecomesOfEveryTypeBetweenTheEngines() throws Exception {
    String schema = MARIADB.schema();
    try (Database postgres = POSTGRES.open();
        Database mariaDb = MysqlDatabase.open("m", MARIADB.url(schema), "root", "", Thread::new)) {
      List<Given> ofPostgres = fillPostgres();
      List<Line> there =
          round(postgres, ofPostgres, mariaDb, ddl -> MARIADB.run("use " + schema, ddl));
      List<Given> ofMariaDb = fillMariaDb(schema);
      List<Line> back = round(mariaDb, ofMariaDb, postgres, POSTGRES::run);
      golden(page(there, back));
    }
  }

  private static List<Given> fillPostgres() throws Exception {
    POSTGRES.run(PostgresTypes.DECLARATIONS.toArray(String[]::new));
    List<Given> all = new ArrayList<>();
    List<String> sql = new ArrayList<>();
    for (PostgresTypes.Case each : PostgresTypes.of(POSTGRES.version())) {
      String table = "p" + each.table();
      sql.add("create table " + table + " (id int primary key, v " + each.type() + ")");
      for (int i = 0; i < each.values().size(); i++) {
        String literal = each.literal(each.values().get(i));
        sql.add("insert into " + table + " values (" + i + ", " + literal + ")");
      }
      all.add(new Given(table, each.type(), each.values()));
    }
    POSTGRES.run(sql.toArray(String[]::new));
    return all;
  }

  private static List<Given> fillMariaDb(String schema) throws Exception {
    Map<String, List<MariaDbTypes.Case>> types =
        MariaDbTypes.all().stream()
            .collect(
                Collectors.groupingBy(
                    MariaDbTypes.Case::declared, LinkedHashMap::new, Collectors.toList()));
    List<Given> all = new ArrayList<>();
    try (Connection connection = MARIADB.connect(schema)) {
      MariaDbServer.run(
          connection, "set sql_mode = 'STRICT_ALL_TABLES'", "set time_zone = '+00:00'");
      for (Map.Entry<String, List<MariaDbTypes.Case>> each : types.entrySet()) {
        String table = "m" + all.size();
        MariaDbServer.run(
            connection, "create table " + table + " (id int primary key, v " + each.getKey() + ")");
        List<String> shown = new ArrayList<>();
        for (MariaDbTypes.Case value : each.getValue()) {
          MariaDbServer.run(
              connection,
              "insert into " + table + " values (" + shown.size() + ", " + value.literal() + ")");
          shown.add(value.literal());
        }
        all.add(new Given(table, each.getKey(), shown));
      }
    }
    return all;
  }

  private interface Ddl {
    void run(String statement) throws Exception;
  }

  private static List<Line> round(Database from, List<Given> all, Database to, Ddl ddl)
      throws Exception {
    List<Line> lines = new ArrayList<>();
    for (Given each : all) {
      Table source = table(from, each.table());
      TableName there = new TableName(to.defaultSchema(), each.table());
      ddl.run(to.ddl(new Table(there, source.columns(), source.key(), 0, 0), from));
      Table target = table(to, each.table());
      Draft draft =
          Draft.of(
              List.of(TableOptions.same(each.table())),
              new Draft.Side(List.of(source), from.defaultSchema(), from.expressions()),
              new Draft.Side(List.of(target), to.defaultSchema(), to.expressions()),
              false,
              null);
      Mappings mappings = draft.mappings().orElse(null);
      lines.add(
          mappings == null
              ? new Line(each, null, List.of(), List.of(why(draft)))
              : values(from, source, each, to, target, mappings));
    }
    return lines;
  }

  private static Table table(Database database, String name) throws Exception {
    return database.tables(List.of(new TableName(database.defaultSchema(), name))).getFirst();
  }

  private static String why(Draft draft) {
    return draft.findings().stream()
        .filter(Finding::blocks)
        .map(Finding::says)
        .collect(Collectors.joining("; "));
  }

  private static Line values(
      Database from, Table source, Given given, Database to, Table target, Mappings mappings)
      throws Exception {
    List<String> arrived = new ArrayList<>();
    List<String> refused = new ArrayList<>();
    MappedTable there = mappings.of(source.name()).getFirst();
    MappedTable back = mappings.reversed().of(target.name()).getFirst();
    try (Target own = from.target("types", List.of(source));
        Target other = to.target("types", List.of(target))) {
      own.prepare();
      other.prepare();
      for (Row row : rows(own, source)) {
        String shown = given.shown().get(((Number) Objects.requireNonNull(row.cell(0))).intValue());
        try {
          Row mapped = there.forward(row);
          write(other, target, mapped);
          Row returned = back.forward(rows(other, target).getLast());
          assertThat(canonical(source, returned))
              .as("%s %s in %s", given.type(), shown, target.column("v").type().declared())
              .isEqualTo(canonical(source, row));
          arrived.add(shown);
        } catch (RowRefused e) {
          refused.add(
              shown + ": " + PLACE.matcher(String.valueOf(e.getMessage())).replaceFirst(""));
        }
      }
    }
    return new Line(given, target.column("v").type().declared(), arrived, refused);
  }

  private static void write(Target to, Table table, @Nullable Row row) throws Exception {
    try (TargetWork work = to.begin(1)) {
      work.copyIn(table, Rows.cursor(List.of(Objects.requireNonNull(row))));
      work.commit();
    }
  }

  private static List<Row> rows(Target of, Table table) throws Exception {
    try (Snapshot snapshot = of.snapshot()) {
      return Rows.of(snapshot, table);
    }
  }

  private static byte[] canonical(Table table, @Nullable Row row) {
    return new CanonicalRow(table).encode(Objects.requireNonNull(row)).keep().bytes();
  }

  private static String page(List<Line> there, List<Line> back) {
    return """
    # Types

    Written by a test that sends values at the edges of every type into the table that `banyan transfer plan --ddl` drafts, reads them there,
    and takes them back. What is said to arrive came back as what reconciliation takes for the same (JSON by its meaning, `-0` as `0`). What is refused is refused by name:
    by the plan where a type does not go at all, and by the row, with its key and column, where a value does not. Nothing is ever changed to fit.
    With a rule of your own, or another column than the drafted one, more may go: [mappings](mappings.md).

    Between two PostgreSQLs, and between two MariaDBs, every one of these types and values goes over as it is: in chunks that are read, in
    chunks that are not, and by the log. Tests send them all these ways.

    Values are written as SQL would have them. Long ones are cut here, not there.

    ## PostgreSQL to MariaDB

    %s
    ## MariaDB to PostgreSQL

    %s\
    """
        .formatted(table("PostgreSQL", "MariaDB", there), table("MariaDB", "PostgreSQL", back))
        .stripIndent();
  }

  private static String table(String from, String to, List<Line> lines) {
    StringBuilder text = new StringBuilder();
    text.append("| ").append(from).append(" | ").append(to).append(" | arrives | is refused |\n");
    text.append("|---|---|---|---|\n");
    for (Line each : lines) {
      text.append("| `")
          .append(cell(each.given().type()))
          .append("` | ")
          .append(each.drafted() == null ? "" : "`" + cell(each.drafted()) + "`")
          .append(" | ")
          .append(each.arrived().stream().map(TypesPageTest::code).collect(Collectors.joining(" ")))
          .append(" | ")
          .append(
              each.refused().stream().map(TypesPageTest::cell).collect(Collectors.joining("; ")))
          .append(" |\n");
    }
    return text.toString();
  }

  private static String code(String value) {
    String shown = cell(value.length() > SHOWN ? value.substring(0, SHOWN) + "…" : value);
    return shown.isBlank() ? "*" + (shown.isEmpty() ? "empty" : "blank") + "*" : "`" + shown + "`";
  }

  /// As it can stand in a table.
  private static String cell(String text) {
    return text.replace("|", "\\|").replace("\n", " ").replace("\0", "\\0");
  }

  private static void golden(String text) throws Exception {
    Path path = Path.of("../docs/reference/types.md");
    if (System.getProperty("golden.write") != null) {
      Files.writeString(path, text);
    }
    assertThat(path)
        .as("written again by: mvn test -pl main -Dtest=TypesPageTest -Dgolden.write")
        .hasContent(text);
  }
}
