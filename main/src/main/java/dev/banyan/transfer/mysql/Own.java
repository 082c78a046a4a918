package dev.banyan.transfer.mysql;

import java.sql.Connection;
import java.sql.SQLException;

/// The tables that the transfer keeps of its own, in the database that the url names.
///
/// @param schema where they are
record Own(String schema) {
  static final String MARK = "banyan_mark";

  static final String IDS = "banyan_ids";

  private static final String KIND =
      " engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin";

  String memory() {
    return table("banyan_memory");
  }

  String epoch() {
    return table("banyan_epoch");
  }

  /// A row that is written by every transaction of ours: it tells them from a user's in the log.
  String mark() {
    return table(MARK);
  }

  /// Pairs of ids, which outlive the transfer.
  String ids() {
    return table(IDS);
  }

  String fence() {
    return table("banyan_fence");
  }

  /// The highest turn that has had a fence.
  String turn() {
    return table("banyan_fence_turn");
  }

  private String table(String name) {
    return Sql.name(schema) + '.' + Sql.name(name);
  }

  void create(Sessions sessions) throws SQLException {
    sessions.run(
        "create table if not exists "
            + memory()
            + " (transfer varchar(64) not null, name varchar(190) not null, text longtext not null,"
            + " primary key (transfer, name))"
            + KIND,
        "create table if not exists "
            + epoch()
            + " (transfer varchar(64) not null primary key, epoch bigint not null)"
            + KIND,
        "create table if not exists "
            + mark()
            + " (session bigint unsigned not null primary key, transfer varchar(64) not null,"
            + " writes bigint not null)"
            + KIND);
  }

  void createIds(Sessions sessions) throws SQLException {
    sessions.run(
        "create table if not exists "
            + ids()
            + " (transfer varchar(64) not null, map varchar(64) not null,"
            + " source_id varbinary(512) not null, target_id varbinary(512) not null,"
            + " primary key (transfer, map, source_id), unique (transfer, map, target_id))"
            + KIND);
  }

  void createFence(Connection connection) throws SQLException {
    Sessions.run(
        connection,
        "create table if not exists "
            + fence()
            + " (transfer varchar(64) not null, grants varchar(700) not null,"
            + " primary key (transfer, grants))"
            + KIND);
    Sessions.run(
        connection,
        "create table if not exists "
            + turn()
            + " (transfer varchar(64) not null primary key, turn bigint not null)"
            + KIND);
  }
}
