package dev.banyan.demo.tour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.banyan.demo.legacy.LegacyShop;
import dev.banyan.demo.shop.Connections;
import dev.banyan.demo.shop.ShopDatabase;
import dev.banyan.demo.shop.ShopServer;
import dev.banyan.demo.traffic.Count;
import dev.banyan.demo.traffic.Receipts;
import dev.banyan.demo.traffic.Traffic;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What clients are told, held against the rows of a real shop.
class OrderRowsTest {
  private static final int REQUESTS = 3000;

  @TempDir private static Path directory;

  private static ShopDatabase database;
  private static OrderRows rows;

  @BeforeAll
  static void start() throws Exception {
    database = ShopDatabase.start(directory);
    rows = new OrderRows(database);
  }

  @AfterAll
  static void stop() throws Exception {
    database.close();
  }

  private static void shop(String sql) throws SQLException {
    database.run(ShopDatabase.SHOP, sql);
  }

  @Test
  void theRowsBearOutWhatClientsWereToldUntilOneIsLostChangedOrComesBack() throws Exception {
    Count count = new Count();
    Receipts receipts = new Receipts();
    long from = System.nanoTime();
    try (HikariDataSource pool = Connections.open(database.url(ShopDatabase.SHOP, "legacy"));
        ShopServer server = ShopServer.start(0, new LegacyShop(pool));
        Traffic _ = Traffic.start(server.port(), 500, count, receipts)) {
      for (int i = 0; i < 3000 && count.total() < REQUESTS; i++) {
        Thread.sleep(20);
      }
    }
    assertThat(count.total()).isGreaterThanOrEqualTo(REQUESTS);
    assertThat(count.failures()).isEmpty();
    Receipts.Snapshot told = receipts.snapshot();
    Map<Long, Receipts.Order> all = rows.all(false);
    assertThat(told.standing()).isPositive().isEqualTo(all.size());
    assertThat(told.contradictions(all)).isEmpty();
    assertThat(receipts.waits(from, System.nanoTime())).isNotEmpty().allMatch(each -> each > 0);
    assertThat(receipts.waits(from - 2, from - 1)).isEmpty();

    List<Long> ids = all.keySet().stream().sorted().toList();
    shop("delete from orders where id = " + ids.get(0));
    shop("update orders set status = 'shipped' where id = " + ids.get(1));
    assertThat(told.contradictions(rows.all(false)))
        .satisfiesExactly(
            lost -> assertThat(lost).startsWith("order " + ids.get(0) + " is not there"),
            other -> assertThat(other).startsWith("order " + ids.get(1) + " is Order["));

    Map<Long, Receipts.Order> back = new TreeMap<>(all);
    for (long id = ids.getFirst(); id < ids.getLast(); id++) {
      back.putIfAbsent(id, new Receipts.Order(1, "placed", null));
    }
    assertThat(told.contradictions(back))
        .as("orders that were deleted")
        .isNotEmpty()
        .allMatch(each -> each.endsWith("is there, and clients were told it was deleted"));
  }

  @Test
  void whoMayWriteRoundTheGatewayIsNotFenced() throws Exception {
    assertThatThrownBy(() -> rows.refusal(false))
        .isInstanceOf(TourException.class)
        .hasMessageContaining("let legacy write");
    shop("revoke update on orders from legacy");
    assertThat(rows.refusal(false)).contains("permission denied for table orders");
    shop("grant update on orders to legacy");
  }
}
