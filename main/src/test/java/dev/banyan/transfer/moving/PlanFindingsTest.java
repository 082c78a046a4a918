package dev.banyan.transfer.moving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.transfer.options.DatabaseOptions;
import dev.banyan.transfer.options.Password;
import dev.banyan.transfer.options.TableOptions;
import dev.banyan.transfer.options.Throttle;
import dev.banyan.transfer.options.TransferOptions;
import dev.banyan.transfer.postgres.LogicalServer;
import dev.banyan.transfer.report.PlanReport;
import dev.banyan.transfer.report.PlanReport.Found;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PlanFindingsTest {
  @RegisterExtension static final LogicalServer SERVER = new LogicalServer();

  private static String url(String database) {
    return SERVER.url().replaceAll("/postgres$", "/" + database);
  }

  private static void sql(String database, String... statements) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url(database), "postgres", "secret");
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    }
  }

  @BeforeAll
  static void create() throws SQLException {
    sql(
        "postgres",
        "create role app login password 'secret'",
        "create role poor login password 'secret'",
        "create database old_shop",
        "create database new_shop",
        "grant create on database new_shop to poor");
    sql(
        "old_shop",
        "create table things (id bigint primary key, name text)",
        "grant select, insert, update, delete on things to app");
    sql(
        "new_shop",
        "create table things (id bigint primary key, name text)",
        "alter table things replica identity nothing",
        "grant select, insert, update, delete on things to app, poor");
  }

  private static PlanReport plan(List<String> roles, boolean historyOnly) throws Exception {
    TransferOptions options =
        new TransferOptions(
            "things",
            "old",
            "new",
            List.of("things"),
            List.of(TableOptions.same("things")),
            List.of(),
            historyOnly,
            new Throttle(null, null, null, null, 1L << 30, null),
            500,
            2,
            Duration.ofSeconds(5),
            Duration.ofMinutes(10),
            Duration.ofSeconds(2),
            Duration.ofMinutes(10),
            TransferOptions.Compare.ROWS);
    Password secret = new Password("secret");
    Working working =
        new Working(
            List.of(
                new DatabaseOptions("old", url("old_shop"), "postgres", secret, 16, roles),
                new DatabaseOptions("new", url("new_shop"), "poor", secret, 16, List.of("app"))),
            InstantSource.system(),
            System::nanoTime,
            Thread.ofVirtual().factory());
    try (ConfiguredTransfers transfers =
        new ConfiguredTransfers(List.of(options), working, "a test")) {
      return transfers.plan("things", false);
    }
  }

  private static List<String> blocking(PlanReport plan, String where) {
    return plan.findings().stream()
        .filter(found -> found.blocks() && found.where().equals(where))
        .map(found -> found.code() + " " + found.subject())
        .toList();
  }

  @Test
  void whatKeepsTheRowsFromComingBackIsFoundBeforeTheyAreNeededBack() throws Exception {
    PlanReport plan = plan(List.of("app"), false);
    assertThat(plan.ready()).as("nothing of it keeps them from being copied").isTrue();
    assertThat(blocking(plan, Found.CUTOVER)).isEmpty();
    assertThat(blocking(plan, Found.BACK))
        .contains("no-replication-right new: role", "replica-identity new: public.things")
        .anyMatch(each -> each.startsWith("not-owner new: "))
        .doesNotHaveDuplicates();
  }

  @Test
  void whatKeepsTheOldOwnerFromBeingFencedIsFoundBeforeTheCutover() throws Exception {
    PlanReport plan = plan(List.of("nobody"), false);
    assertThat(plan.ready()).isTrue();
    assertThat(blocking(plan, Found.CUTOVER)).containsExactly("no-role old: nobody");
  }

  @Test
  void whatIsCopiedOnceOnlyHasNoCutoverAndNoWayBack() throws Exception {
    assertThat(plan(List.of("nobody"), true).findings()).noneMatch(Found::blocks);
  }
}
