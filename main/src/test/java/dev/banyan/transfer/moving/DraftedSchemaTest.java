package dev.banyan.transfer.moving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.transfer.mysql.MariaDbServer;
import dev.banyan.transfer.options.ColumnRule;
import dev.banyan.transfer.options.DatabaseOptions;
import dev.banyan.transfer.options.Password;
import dev.banyan.transfer.options.TableOptions;
import dev.banyan.transfer.options.Throttle;
import dev.banyan.transfer.options.TransferOptions;
import dev.banyan.transfer.postgres.LogicalServer;
import dev.banyan.transfer.report.PlanReport;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Whoever applies what `--ddl` drafts has tables that the declared mapping fills.
@Timeout(120)
final class DraftedSchemaTest {
  @RegisterExtension static final LogicalServer POSTGRES = new LogicalServer();
  @RegisterExtension static final MariaDbServer MARIA_DB = new MariaDbServer();

  @Test
  void nothingKeepsRowsFromTheTablesThatAreDrafted() throws Exception {
    POSTGRES.run(
        "create table users (user_id bigint primary key, full_name text not null,"
            + " credit numeric(10, 2), old_flag int)",
        "create table orders (id bigint primary key, total numeric(10, 2) not null)",
        "insert into users values (1, 'Ann Maria Berg', 12.34, 1)",
        "insert into orders values (7, 1.50)");
    String people = MARIA_DB.schema();
    String sales = MARIA_DB.schema();
    List<TableOptions> tables =
        List.of(
            new TableOptions(
                "users",
                "people",
                List.of(
                    new ColumnRule.Copied("user_id", "id", null, null, null, null),
                    new ColumnRule.Split("full_name", " ", List.of("first", "last"), "more words"),
                    new ColumnRule.Constant("status", "active"),
                    new ColumnRule.Expression(
                        List.of("credit"), "cents", "credit * 100", "cents / 100.0", null),
                    new ColumnRule.Dropped("old_flag", "nothing reads it")),
                null,
                Map.of()),
            new TableOptions("orders", sales + ".orders", List.of(), null, Map.of()));

    PlanReport before = plan(people, tables);
    assertThat(before.findings()).filteredOn(PlanReport.Found::blocks).isNotEmpty();
    String ddl = String.valueOf(before.ddl());
    assertThat(ddl)
        .contains("-- look at the type of cents: `credit * 100`", "create table `people`")
        .contains("create table `" + sales + "`.`orders`");
    for (String each : ddl.replaceAll("(?m)^--.*$", "").split(";", -1)) {
      if (!each.isBlank()) {
        MARIA_DB.run("use " + people, each);
      }
    }

    PlanReport after = plan(people, tables);
    assertThat(after.ddl()).isEmpty();
    assertThat(after.findings()).filteredOn(PlanReport.Found::blocks).isEmpty();
    try (ConfiguredTransfers transfers = transfers(people, tables)) {
      assertThat(transfers.backfill("users", _ -> {}).stopped()).isNull();
    }
    assertThat(
            MARIA_DB.column(
                "select concat_ws('|', id, first, last, cents, status) from " + people + ".people"))
        .containsExactly("1|Ann|Maria Berg|1234.00|active");
    assertThat(MARIA_DB.column("select total from " + sales + ".orders")).containsExactly("1.50");
  }

  private static PlanReport plan(String schema, List<TableOptions> tables) throws Exception {
    try (ConfiguredTransfers transfers = transfers(schema, tables)) {
      return transfers.plan("users", true);
    }
  }

  private static ConfiguredTransfers transfers(String schema, List<TableOptions> tables) {
    TransferOptions options =
        new TransferOptions(
            "users",
            "old",
            "new",
            List.of("users"),
            tables,
            List.of(),
            false,
            new Throttle(null, null, null, null, 1L << 30, null),
            500,
            2,
            Duration.ofSeconds(5),
            Duration.ofMinutes(10),
            Duration.ofSeconds(2),
            Duration.ofMinutes(10),
            TransferOptions.Compare.ROWS);
    List<DatabaseOptions> databases =
        List.of(
            new DatabaseOptions(
                "old", POSTGRES.url(), "postgres", new Password("secret"), 8, List.of()),
            new DatabaseOptions(
                "new", MARIA_DB.url(schema), "root", new Password(""), 8, List.of()));
    Working working =
        new Working(
            databases, InstantSource.system(), System::nanoTime, Thread.ofVirtual().factory());
    return new ConfiguredTransfers(List.of(options), working, "a test");
  }
}
