package dev.banyan.transfer.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.transfer.engine.Finding;
import dev.banyan.transfer.table.TableName;
import java.sql.Connection;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class MysqlFindingsTest {
  @RegisterExtension
  static final MariaDbServer SERVER =
      new MariaDbServer(
          "--binlog-row-image=MINIMAL",
          "--binlog-row-metadata=NO_LOG",
          "--binlog-format=MIXED",
          "--log-bin-compress=1",
          "--expire-logs-days=0.5",
          "--server-id=1");

  @Test
  void everythingThatWillNotWorkIsNamed() throws Exception {
    String schema = SERVER.schema();
    try (Connection connection = SERVER.connect(schema);
        MysqlDatabase database =
            MysqlDatabase.open("m", SERVER.url(schema), "root", "", Thread::new)) {
      MariaDbServer.run(
          connection,
          "create table parent (id int primary key)",
          "create table child (id int primary key, p int, foreign key (p) references parent (id)"
              + " on delete cascade)",
          "create table keyless (v varchar(20) character set geostd8, unique key (v))",
          "create table old (id int primary key) engine = MyISAM",
          "create table versioned (id int primary key) with system versioning",
          "create table text_key (k varchar(20) primary key, n int unique)",
          "create trigger runs before insert on text_key for each row set new.n = 1",
          "insert into text_key values ('a', 1)");
      var tables =
          database.tables(
              Stream.of("parent", "child", "keyless", "old", "versioned", "text_key", "missing")
                  .map(name -> new TableName(schema, name))
                  .toList());
      assertThat(tables).hasSize(6);
      assertThat(codes(database.sourceFindings(tables), schema))
          .containsExactlyInAnyOrder(
              "!binlog_format binlog_format",
              "!binlog_row_image binlog_row_image",
              "!log_bin_compress log_bin_compress",
              "binlog_row_metadata binlog_row_metadata",
              "log_retention binlog_expire_logs_seconds",
              "!no_key keyless",
              "!character_set keyless.v",
              "!engine old",
              "!system_versioned versioned",
              "!cascade child.child_ibfk_1");
      assertThat(codes(database.targetFindings(tables), schema))
          .containsExactlyInAnyOrder(
              "!no_key keyless",
              "!engine old",
              "!system_versioned versioned",
              "!trigger text_key.runs",
              "not_empty text_key",
              "unique_keys text_key",
              "key_collation text_key.k",
              "!cascade child.child_ibfk_1",
              "foreign_key child.child_ibfk_1");
    }
  }

  private static List<String> codes(List<Finding> findings, String schema) {
    return findings.stream()
        .map(each ->
            (each.blocks() ? "!" : "")
                + each.code()
                + " "
                + each.subject().replace(schema + ".", ""))
        .toList();
  }
}
