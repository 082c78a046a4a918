package dev.banyan.transfer.moving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.transfer.mysql.MariaDbServer;
import dev.banyan.transfer.options.TableOptions;
import dev.banyan.transfer.postgres.LogicalServer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What PostgreSQL's log leaves out of a row.
@Timeout(120)
final class LeftOutValuesTest {
  @RegisterExtension static final LogicalServer POSTGRES = new LogicalServer();
  @RegisterExtension static final MariaDbServer MARIA_DB = new MariaDbServer();

  private static Side side(String engine) throws Exception {
    return engine.equals("postgresql") ? Side.postgres(POSTGRES) : Side.mariadb(MARIA_DB);
  }

  private static TableOptions papers() {
    return new TableOptions("papers", "papers", List.of(), null, Map.of());
  }

  @ParameterizedTest
  @ValueSource(strings = {"postgresql", "mariadb"})
  void aRowThatComesToBeMeantIsThereWithItsLargeValues(String engine) throws Exception {
    Side old = Side.postgres(POSTGRES);
    Side next = side(engine);
    old.run(
        "create table papers (id int primary key, gone int, body text)",
        "alter table papers alter body set storage external",
        "insert into papers select i, i % 2, repeat(md5(i::text), 200) from generate_series(1, 9)"
            + " i");
    next.run("create table papers (id int primary key, gone int, body text)");
    TableOptions there = new TableOptions("papers", "papers", List.of(), "gone = 0", Map.of());
    try (Pair pair = new Pair(old.options("old"), next.options("new"), List.of(there))) {
      pair.start();
      pair.awaitCompared();
      old.run(
          "update papers set gone = 0 where id = 3",
          "update papers set gone = 1 where id = 4",
          "begin; update papers set gone = 0 where id = 5; delete from papers where id = 5;"
              + " commit");
      pair.awaitCaughtUp();
      pair.assertSame();
      assertThat(next.rows("select id from papers order by id"))
          .containsExactly("2", "3", "6", "8");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"postgresql", "mariadb"})
  void aRowGoesToAnotherKeyWithoutWhatIsComputed(String engine) throws Exception {
    Side old = Side.postgres(POSTGRES);
    Side next = side(engine);
    old.run(
        "create table papers (id int primary key, v int, twice int generated always as (v * 2)"
            + " virtual)",
        "insert into papers (id, v) select i, i from generate_series(1, 9) i");
    next.run(
        "create table papers (id int primary key, v int, twice int generated always as (v * 2)"
            + " stored)");
    try (Pair pair = new Pair(old.options("old"), next.options("new"), List.of(papers()))) {
      assertThat(pair.blocking()).isEmpty();
      pair.start();
      pair.awaitCompared();
      old.run(
          "insert into papers (id, v) values (10, 10)", "update papers set id = 33 where id = 3");
      pair.awaitCaughtUp();
      pair.assertSame();
      assertThat(next.rows("select twice from papers where id in (10, 33) order by id"))
          .containsExactly("20", "6");
    }
  }
}
