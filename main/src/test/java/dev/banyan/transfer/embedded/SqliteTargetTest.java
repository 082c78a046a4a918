package dev.banyan.transfer.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banyan.transfer.engine.RowRefused;
import dev.banyan.transfer.engine.Target;
import dev.banyan.transfer.engine.TargetWork;
import dev.banyan.transfer.table.Change;
import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class SqliteTargetTest {
  private static final TableName NAME = new TableName("main", "a");

  @TempDir Path files;

  private static Change upsert(long id, String v) {
    return new Change.Upsert(NAME, Key.of(id), Key.of(id), new Row(new Object[] {id, v}));
  }

  private static List<String> rows(Connection connection) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet answer = statement.executeQuery("select id || v || w from a order by id")) {
      while (answer.next()) {
        rows.add(answer.getString(1));
      }
    }
    return rows;
  }

  /// Of the table a mapping may write some columns only: the others are not its own.
  @Test
  void columnsThatAreNotWrittenStayAsTheyAre() throws Exception {
    String url = "jdbc:sqlite:" + files.resolve("shop.db");
    try (Connection application = DriverManager.getConnection(url);
        Statement statement = application.createStatement()) {
      statement.execute("create table a (id integer primary key, v text, w text not null)");
      statement.execute("insert into a values (1, 'old', 'its')");
      try (EmbeddedDatabase database = EmbeddedDatabase.sqlite("shop", url, 14);
          Target target = database.target("t", database.tables(List.of(NAME)))) {
        target.prepare();
        Table whole = database.tables(List.of(NAME)).getFirst();
        Table part = new Table(NAME, whole.columns().subList(0, 2), whole.key(), 0, 0);
        try (TargetWork work = target.begin(0)) {
          work.apply(part, List.of(upsert(1, "new")));
          work.commit();
        }
        assertThat(rows(application)).containsExactly("1newits");
        try (TargetWork work = target.begin(0)) {
          work.change(part, List.of(upsert(2, "x"), upsert(1, "newer")));
          work.commit();
        }
        assertThat(rows(application)).containsExactly("1newerits");
        try (TargetWork work = target.begin(0)) {
          assertThatThrownBy(() -> work.apply(part, List.of(upsert(2, "x"))))
              .isInstanceOf(RowRefused.class)
              .hasMessageContaining("a.w");
        }
      }
    }
  }
}
