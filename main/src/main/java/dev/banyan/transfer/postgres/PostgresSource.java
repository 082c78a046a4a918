package dev.banyan.transfer.postgres;

import dev.banyan.transfer.engine.ChangeStream;
import dev.banyan.transfer.engine.LogLost;
import dev.banyan.transfer.engine.Snapshot;
import dev.banyan.transfer.engine.Source;
import dev.banyan.transfer.table.Commit;
import dev.banyan.transfer.table.Position;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// A publication and a slot, both of one name, and snapshots beside them.
final class PostgresSource implements Source {
  /// A slot's creation waits for every transaction that is open, and a user's may be forgotten.
  private static final int CREATION_MILLIS = 120_000;

  /// How often, 0.2 seconds apart, a slot is tried that another process still holds.
  private static final int TRIES = 50;

  private static final String SLOT =
      """
      select s.active, coalesce(s.active_pid, 0), s.confirmed_flush_lsn,
        coalesce(to_jsonb(s)->>'wal_status', 'reserved'),
        coalesce(to_jsonb(s)->>'invalidation_reason', '')
      from pg_replication_slots s where s.slot_name = ? and s.database = current_database()
      """;

  private static final String BLOCKING =
      """
      select 'pid ' || pid || ' (' || concat_ws(', ', nullif(application_name, ''), usename,
        left(query, 40), case when wait_event is not null then 'waits for ' || wait_event end)
        || ')'
      from pg_stat_activity where backend_xid::text::bigint = any(?)
      union all
      select 'prepared transaction ' || quote_literal(gid) || ' of ' || owner
      from pg_prepared_xacts where transaction::text::bigint = any(?)
      """;

  private static final String LEFTOVERS =
      """
      select 'replication slot ' || slot_name || ' holds back '
        || pg_wal_lsn_diff(pg_current_wal_insert_lsn(), restart_lsn)::bigint
        || ' bytes of log and nothing reads it; if no transfer needs it any more: select'
        || ' pg_drop_replication_slot(' || quote_literal(slot_name) || ')'
      from pg_replication_slots
      where slot_name like 'banyan\\_%' and slot_name !~ ('^' || ? || '(_[0-9a-f]{8})?$')
        and not active and not temporary
        and database = current_database()
      order by slot_name
      """;

  private final Sessions sessions;
  private final int version;
  private final String name;
  private final List<Table> tables;
  private final Executor inPlace = Runnable::run;

  PostgresSource(Sessions sessions, int version, String transfer, List<Table> tables) {
    this.sessions = sessions;
    this.version = version;
    this.name = Sql.ours(transfer);
    this.tables = List.copyOf(tables);
  }

  private record Slot(boolean active, int pid, Position confirmed, String wal, String invalid) {}

  private Optional<Slot> slot() throws SQLException {
    return sessions
        .list(
            SLOT,
            row ->
                new Slot(
                    row.getBoolean(1),
                    row.getInt(2),
                    Lsn.position(row.getString(3)),
                    row.getString(4),
                    row.getString(5)),
            name)
        .stream()
        .findFirst();
  }

  @Override
  public Optional<Beginning> begin() throws SQLException {
    refuseWithoutIdentity();
    publish();
    if (slot().isPresent()) {
      return Optional.empty();
    }
    try (Connection connection = sessions.replication()) {
      connection.setNetworkTimeout(inPlace, CREATION_MILLIS);
      try (Statement statement = connection.createStatement();
          ResultSet created =
              statement.executeQuery(
                  "CREATE_REPLICATION_SLOT " + name + " LOGICAL pgoutput EXPORT_SNAPSHOT")) {
        created.next();
        Position position = Lsn.position(created.getString("consistent_point"));
        // The snapshot is there only until this connection is asked for something else.
        String exported = created.getString("snapshot_name");
        try (Snapshot snapshot = PostgresSnapshot.open(sessions, exported)) {
          return Optional.of(new Beginning(position, snapshot.token()));
        }
      }
    } catch (SQLException e) {
      throw new SQLException(
          "slot " + name + " could not be created: " + e.getMessage() + oldest(),
          e.getSQLState(),
          e);
    }
  }

  private String oldest() throws SQLException {
    List<String> open =
        sessions.list(
            "select 'pid ' || pid || ' (' || usename || ', since ' || xact_start || ')' from"
                + " pg_stat_activity where backend_xid is not null and pid <> pg_backend_pid()"
                + " order by xact_start limit 5",
            row -> row.getString(1));
    return open.isEmpty() ? "" : "; transactions that it may wait for: " + String.join(", ", open);
  }

  /// A table that is published without an identity refuses its application's updates.
  private void refuseWithoutIdentity() throws SQLException {
    List<String> without;
    try (Connection connection = sessions.connection()) {
      without = Identities.missing(connection, tables);
    }
    if (!without.isEmpty()) {
      throw new SQLException(
          "not published, for their applications could not update them any more: "
              + String.join("; ", without));
    }
  }

  private void publish() throws SQLException {
    String list =
        tables.stream().map(each -> Sql.table(each.name())).collect(Collectors.joining(", "));
    List<String> there =
        sessions.list(
            "select pubname from pg_publication where pubname = ?", row -> row.getString(1), name);
    if (there.isEmpty()) {
      String roots = version >= 13 ? ", publish_via_partition_root = true" : "";
      String generated = version >= 18 ? ", publish_generated_columns = stored" : "";
      sessions.run(
          "create publication "
              + Sql.name(name)
              + " for table "
              + list
              + " with (publish = 'insert, update, delete, truncate'"
              + roots
              + generated
              + ")");
      return;
    }
    List<String> published =
        sessions.list(
            "select quote_ident(schemaname) || '.' || quote_ident(tablename) from"
                + " pg_publication_tables where pubname = ? order by 1",
            row -> row.getString(1),
            name);
    List<String> wanted =
        sessions.list(
            "select quote_ident(s) || '.' || quote_ident(t) from unnest(?, ?) as w(s, t) order by"
                + " 1",
            row -> row.getString(1),
            tables.stream().map(each -> each.name().schema()).toArray(String[]::new),
            tables.stream().map(each -> each.name().name()).toArray(String[]::new));
    if (!published.equals(wanted)) {
      sessions.run("alter publication " + Sql.name(name) + " set table " + list);
    }
  }

  @Override
  public ChangeStream follow(Position from) throws SQLException, LogLost {
    return follow(from, _ -> false);
  }

  @Override
  public ChangeStream follow(Position from, Predicate<TableName> whole)
      throws SQLException, LogLost {
    for (int tries = 0; ; tries++) {
      Optional<Slot> slot = slot();
      if (!slot.map(Slot::active).orElse(false)) {
        break;
      }
      if (tries == TRIES) {
        throw new SQLException(
            "slot "
                + name
                + " is being read by pid "
                + slot.get().pid()
                + "; only one may follow it");
      }
      sessions.list("select pg_sleep(0.2)", row -> row.getString(1));
    }
    refuseWithout(from);
    refuseWithoutIdentity();
    publish();
    return PostgresStream.open(sessions, name, tables, from, version >= 14, whole);
  }

  /// @throws LogLost where the slot does not have the log from there on
  private void refuseWithout(Position from) throws SQLException, LogLost {
    String lost =
        slot()
            .map(slot ->
                slot.wal().equals("lost") || !slot.invalid().isEmpty()
                    ? "was invalidated"
                        + (slot.invalid().isEmpty() ? "" : " (" + slot.invalid() + ")")
                    : slot.confirmed().compareTo(from) > 0
                        ? "was moved on to " + Lsn.text(slot.confirmed())
                        : "")
            .orElse("does not exist any more");
    if (!lost.isEmpty()) {
      String says =
          "slot "
              + name
              + " "
              + lost
              + ": the log from "
              + Lsn.text(from)
              + " on is gone; remove the transfer's slot and begin its backfill anew";
      throw new LogLost(says, new SQLException(says, "55000"));
    }
  }

  @Override
  public Snapshot snapshot() throws SQLException {
    return PostgresSnapshot.open(sessions);
  }

  @Override
  public Position tip() throws SQLException {
    return sessions
        .list("select pg_current_wal_insert_lsn()", row -> Lsn.position(row.getString(1)))
        .getFirst();
  }

  @Override
  public long behind(Position position) throws SQLException {
    return Math.max(tip().offset() - position.offset(), 0);
  }

  @Override
  public List<String> blocking(Collection<Commit> unseen) throws SQLException {
    Long[] xids = unseen.stream().map(Commit::xid).toArray(Long[]::new);
    return sessions.list(BLOCKING, row -> row.getString(1), xids, xids);
  }

  @Override
  public List<String> leftovers() throws SQLException {
    return sessions.list(LEFTOVERS, row -> row.getString(1), name);
  }

  @Override
  public void remove() throws SQLException {
    for (int tries = 0; slot().map(Slot::active).orElse(false) && tries < TRIES; tries++) {
      sessions.list("select pg_sleep(0.2)", row -> row.getString(1));
    }
    sessions.list(
        "select pg_drop_replication_slot(slot_name) from pg_replication_slots"
            + " where slot_name = ? and database = current_database()",
        row -> row.getString(1),
        name);
    sessions.run("drop publication if exists " + Sql.name(name));
  }

  /// The pool is the database's.
  @Override
  public void close() {
    // Nothing is held between two calls.
  }
}
