package dev.banyan.transfer.moving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.transfer.mysql.MariaDbServer;
import dev.banyan.transfer.options.ColumnRule;
import dev.banyan.transfer.options.DatabaseOptions;
import dev.banyan.transfer.options.TableOptions;
import dev.banyan.transfer.postgres.LogicalServer;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A whole move with as few connections as `banyan.yaml` takes: what needs one while it holds
/// another must always get it.
@Timeout(180)
final class FewConnectionsTest {
  @RegisterExtension static final LogicalServer POSTGRES = new LogicalServer();
  @RegisterExtension static final MariaDbServer MARIA_DB = new MariaDbServer();

  private static Side side(String engine) throws Exception {
    return engine.equals("postgresql") ? Side.postgres(POSTGRES) : Side.mariadb(MARIA_DB);
  }

  private static DatabaseOptions few(Side side, String name) {
    DatabaseOptions many = side.options(name);
    return new DatabaseOptions(
        name,
        many.url(),
        many.user(),
        many.password(),
        DatabaseOptions.LEAST_CONNECTIONS,
        List.of());
  }

  /// Columns that ask both databases for each batch, and two tables at a time.
  private static List<TableOptions> tables() {
    return List.of(
        new TableOptions(
            "users",
            "people",
            List.of(
                new ColumnRule.Copied("user_id", "id", null, null, "users", null),
                new ColumnRule.Split("full_name", " ", List.of("first", "last"), "spaces"),
                new ColumnRule.Expression(
                    List.of("credit"), "cents", "credit * 100", "cents / 100", null)),
            null,
            Map.of()),
        new TableOptions(
            "orders",
            "orders",
            List.of(new ColumnRule.Copied("user_id", "user_id", null, null, "users", null)),
            null,
            Map.of()));
  }

  /// An application that writes all the time, so that changes are written to the other side while
  /// rows are copied and compared.
  private static final class Writer implements AutoCloseable {
    private final AtomicBoolean over = new AtomicBoolean();
    private final CompletableFuture<Integer> writing;

    Writer(Side side) {
      writing = CompletableFuture.supplyAsync(() -> write(side));
    }

    private int write(Side side) {
      int written = 0;
      while (!over.get()) {
        try {
          side.run(
              "update users set credit = %d where user_id = %d"
                  .formatted(written % 100, written % 500));
        } catch (SQLException e) {
          throw new AssertionError(e);
        }
        written++;
      }
      return written;
    }

    @Override
    public void close() {
      over.set(true);
      assertThat(writing.join()).isPositive();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "postgresql, mariadb",
    "mariadb, postgresql",
    "postgresql, postgresql",
    "mariadb, mariadb"
  })
  void areEnoughForAllThatATransferDoes(String from, String to) throws Exception {
    Side old = side(from);
    Side next = side(to);
    old.run(
        "create table users (user_id bigint primary key, full_name varchar(80) not null, credit"
            + " decimal(12, 2))",
        "create table orders (id bigint primary key, user_id bigint)");
    for (int i = 0; i < 1_000; i += 100) {
      StringBuilder users = new StringBuilder("insert into users values ");
      StringBuilder orders = new StringBuilder("insert into orders values ");
      for (int id = i; id < i + 100; id++) {
        users.append(id == i ? "" : ",").append("(%d, 'Ann Nr%d', %d)".formatted(id, id, id % 7));
        orders.append(id == i ? "" : ",").append("(%d, %d)".formatted(id, id * 3 % 1_000));
      }
      old.run(users.toString(), orders.toString());
    }
    next.run(
        "create table people (id bigint primary key, first varchar(80) not null, last varchar(80),"
            + " cents decimal(14, 2))",
        "create table orders (id bigint primary key, user_id bigint)");
    try (Pair pair = new Pair(few(old, "old"), few(next, "new"), tables())) {
      assertThat(pair.blocking()).isEmpty();
      try (Writer _ = new Writer(old)) {
        pair.start();
        pair.awaitCompared();
        next.run("update people set last = 'Spoilt' where first = 'Ann' and last = 'Nr600'");
        assertThat(pair.transfers().reconcile(Pair.NAME, true, _ -> {}).repaired()).isEqualTo(1);
        for (int i = 0; i < 3; i++) {
          pair.assertSame();
        }
      }
      old.run("update users set credit = 0", "delete from orders where id = 7");
      pair.handOver(true);
      next.run(
          "update people set cents = 100 where last = 'Nr6'", "delete from orders where id = 8");
      pair.assertSame();
      pair.handOver(false);
      pair.assertSame();
      assertThat(old.rows("select count(*) from orders")).containsExactly("998");
      assertThat(old.rows("select credit from users where user_id = 6")).containsExactly("1.00");
    }
  }
}
