package dev.banyan.transfer.postgres;

import dev.banyan.transfer.engine.Fence;
import dev.banyan.transfer.engine.Finding;
import dev.banyan.transfer.table.Table;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/// Takes the application's right to write away, and where that is not enough (an owner, a
/// superuser, a right that comes by another role, our own role) refuses by a trigger that only our
/// own sessions pass.
///
/// What was taken is written down in `banyan.fence` in the transaction that takes it, so that it
/// can be given back by any process.
final class PostgresFence implements Fence {
  private static final String TRIGGER = "banyan_fence";

  private static final String DEADLOCK = "40P01";

  /// Between two looks at what is still open.
  private static final Duration LOOK = Duration.ofMillis(20);

  /// Each table with its partitions, which can be written to by their own names.
  private static final String RELATIONS =
      """
      select distinct c.oid::regclass::text
      from unnest(?) as wanted(name)
      join pg_class c on c.oid in (select wanted.name::regclass
        union select relid from pg_partition_tree(wanted.name::regclass))
      where c.relkind in ('r', 'p') order by 1
      """;

  /// What can be taken from the application by the tables' owner; nothing that we need ourselves.
  private static final String TAKE =
      """
      insert into banyan.fence
      select ?, ?, 'right', r.rolname, a.privilege_type, a.is_grantable
      from pg_class c, aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) a
      join pg_roles r on r.oid = a.grantee
      where c.oid = ?::regclass and r.rolname = any(?) and a.grantor = c.relowner
        and a.privilege_type in ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE')
        and not r.rolsuper
        and r.rolname <> current_user
        and ((select rolsuper from pg_roles where rolname = current_user)
          or not pg_has_role(current_user, r.oid, 'usage'))
      on conflict do nothing
      returning 'revoke ' || privilege || ' on ' || relation || ' from ' || quote_ident(role)
      """;

  private static final String STILL =
      """
      select count(*) from pg_roles r where r.rolname = any(?)
        and (has_table_privilege(r.oid, ?::regclass, 'INSERT, UPDATE, DELETE, TRUNCATE')
          or has_any_column_privilege(r.oid, ?::regclass, 'INSERT, UPDATE'))
      """;

  /// Transactions that have written to the tables and not ended. A prepared one has no session.
  private static final String WRITERS =
      """
      from unnest(?) as wanted(name)
      join pg_locks l on l.locktype = 'relation' and l.relation = wanted.name::regclass
        and l.database = (select oid from pg_database where datname = current_database())
      left join pg_stat_activity a on a.pid = l.pid
      left join pg_locks x on l.pid is null and x.pid is null and x.locktype = 'transactionid'
        and x.virtualtransaction = l.virtualtransaction and x.mode = 'ExclusiveLock'
      left join pg_prepared_xacts p on p.transaction = x.transactionid
      where l.granted and l.mode in
          ('RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
        and (p.gid is not null or a.backend_type = 'client backend'
          and a.application_name not like 'banyan%' and a.usename = any(?))
      """;

  private static final String OPEN =
      """
      select distinct coalesce(
        'pid ' || a.pid || ' (' || a.usename || ', ' || a.state || ', since ' || a.xact_start || ')',
        'prepared transaction ' || quote_literal(p.gid) || ' of ' || p.owner,
        'a transaction that is about to end')
      """
          + WRITERS;

  /// Whoever has not written yet can not do so any more. Ending the idle sessions of its pool, too,
  /// would only fail the requests that read, and those of other tables.
  private static final String END =
      "select pg_terminate_backend(pid) from (select distinct a.pid "
          + WRITERS
          + ") writers where pid is not null";

  private static final String GIVE =
      """
      select 'grant ' || privilege || ' on ' || relation || ' to ' || quote_ident(role)
        || case when grantable then ' with grant option' else '' end
      from banyan.fence where transfer = ? and kind = 'right' and to_regclass(relation) is not null
        and to_regrole(quote_ident(role)) is not null
      union all
      select 'drop trigger if exists banyan_fence on ' || relation
      from banyan.fence where transfer = ? and kind = 'trigger'
        and to_regclass(relation) is not null
      """;

  private static final String STANDING =
      """
      select count(*) from unnest(?) as wanted(name) where not exists (
        select from pg_trigger g where g.tgrelid = wanted.name::regclass
          and g.tgname = 'banyan_fence' and g.tgenabled = 'A')
        and (not exists (select from banyan.fence f where f.transfer = ?
            and f.relation = wanted.name)
          or exists (select from pg_roles r where r.rolname = any(?)
            and (has_table_privilege(r.oid, wanted.name::regclass,
                'INSERT, UPDATE, DELETE, TRUNCATE')
              or has_any_column_privilege(r.oid, wanted.name::regclass, 'INSERT, UPDATE'))))
      """;

  private final Sessions sessions;
  private final String transfer;
  private final String[] names;
  private final String[] roles;
  private final FenceTurns turns;

  PostgresFence(Sessions sessions, String transfer, List<Table> tables, List<String> roles) {
    this.sessions = sessions;
    this.transfer = transfer;
    this.names = tables.stream().map(each -> Sql.table(each.name())).toArray(String[]::new);
    this.roles = roles.toArray(String[]::new);
    this.turns = new FenceTurns(sessions, transfer);
  }

  @Override
  public List<Finding> findings() throws SQLException {
    try (Connection connection = sessions.connection()) {
      List<Finding> findings = FenceFindings.of(connection, names, roles);
      for (String each : open(connection, relations(connection))) {
        if (each.startsWith("prepared")) {
          findings.add(
              new Finding(
                  true,
                  "prepared-transaction",
                  each,
                  "it has written to the tables and waits; commit it or roll it back"));
        }
      }
      return findings;
    }
  }

  private String[] relations(Connection connection) throws SQLException {
    return Sessions.list(connection, RELATIONS, row -> row.getString(1), (Object) names)
        .toArray(String[]::new);
  }

  @Override
  public void raise(long turn, Duration wait)
      throws SQLException, FenceFailed, InterruptedException {
    turns.create();
    turns.enter(turn);
    try {
      putUp(turn, wait);
    } catch (Overtaken e) {
      throw e;
    } catch (SQLException | FenceFailed | InterruptedException | RuntimeException e) {
      takeDown(turn, e);
      throw e;
    }
  }

  private void putUp(long turn, Duration wait)
      throws SQLException, FenceFailed, InterruptedException {
    try (Connection connection = sessions.connection()) {
      String[] relations = relations(connection);
      for (String relation : relations) {
        refuse(connection, turn, relation, wait.dividedBy(2));
      }
      drain(connection, relations, wait);
    } catch (SQLException e) {
      if (FenceTurns.LOCKED.equals(e.getSQLState()) || DEADLOCK.equals(e.getSQLState())) {
        throw new FenceFailed(
            "transfer "
                + transfer
                + ": a table stayed locked by open transactions: "
                + String.join(", ", openNow()));
      }
      throw e;
    }
  }

  private void takeDown(long turn, Exception why) {
    try {
      lower(turn);
    } catch (SQLException e) {
      why.addSuppressed(e);
    }
  }

  private List<String> openNow() throws SQLException {
    try (Connection connection = sessions.connection()) {
      return open(connection, relations(connection));
    }
  }

  /// A guard waits for those who have written. Who takes too long has its session ended.
  private void refuse(Connection connection, long turn, String relation, Duration wait)
      throws SQLException {
    try {
      take(connection, turn, relation, wait);
    } catch (SQLException e) {
      if (!FenceTurns.LOCKED.equals(e.getSQLState())) {
        throw e;
      }
      end(connection, new String[] {relation});
      take(connection, turn, relation, wait);
    }
  }

  private void end(Connection connection, String[] relations) throws SQLException {
    Sessions.list(connection, END, row -> row.getBoolean(1), relations, roles);
  }

  /// One table in one transaction, so that its lock is never held while another is waited for. It
  /// outlasts a crash, whatever the server does by default, and so does all that was written before
  /// it: only what is flushed is streamed.
  private void take(Connection connection, long turn, String relation, Duration wait)
      throws SQLException {
    turns.within(
        connection,
        turn,
        wait,
        statement -> {
          statement.execute("set local synchronous_commit = on");
          for (String revoke :
              Sessions.list(
                  connection, TAKE, row -> row.getString(1), transfer, relation, relation, roles)) {
            statement.execute(revoke);
          }
          boolean still =
              roles.length == 0
                  || Sessions.list(
                              connection, STILL, row -> row.getLong(1), roles, relation, relation)
                          .getFirst()
                      > 0;
          if (still) {
            guard(connection, statement, relation);
          }
        });
  }

  private void guard(Connection connection, Statement statement, String relation)
      throws SQLException {
    List<Integer> there =
        Sessions.list(
            connection,
            "select 1 from pg_trigger where tgrelid = ?::regclass and tgname = ?",
            row -> row.getInt(1),
            relation,
            TRIGGER);
    if (there.isEmpty()) {
      statement.execute(
          "create trigger banyan_fence before insert or update or delete or truncate on "
              + relation
              + " for each statement execute function banyan.refuse_writes("
              + Sql.literal(transfer)
              + ")");
      statement.execute("alter table " + relation + " enable always trigger banyan_fence");
    }
    Sessions.list(
        connection,
        "insert into banyan.fence values (?, ?, 'trigger', '', '', false)"
            + " on conflict do nothing returning 1",
        row -> row.getInt(1),
        transfer,
        relation);
  }

  /// Half of the wait is for transactions to end by themselves; then their sessions are ended.
  private void drain(Connection connection, String[] relations, Duration wait)
      throws SQLException, FenceFailed, InterruptedException {
    long looks = Math.max(wait.dividedBy(LOOK), 2);
    for (long i = 0; i < looks / 2 && !open(connection, relations).isEmpty(); i++) {
      rest(connection);
    }
    end(connection, relations);
    List<String> open = open(connection, relations);
    for (long i = 0; i < looks / 2 && !open.isEmpty(); i++) {
      rest(connection);
      open = open(connection, relations);
    }
    if (!open.isEmpty()) {
      throw new FenceFailed(
          "transfer "
              + transfer
              + ": transactions that have written are still open: "
              + String.join(", ", open));
    }
  }

  private List<String> open(Connection connection, String[] relations) throws SQLException {
    return Sessions.list(connection, OPEN, row -> row.getString(1), relations, roles);
  }

  private static void rest(Connection connection) throws SQLException, InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    Sessions.list(
        connection, "select pg_sleep(" + LOOK.toMillis() / 1e3 + ")", row -> row.getString(1));
  }

  @Override
  public void lower(long turn) throws SQLException {
    if (turns.areKept()) {
      turns.enter(turn);
      give(turn);
    }
  }

  private void give(long turn) throws SQLException {
    try (Connection connection = sessions.connection()) {
      turns.within(
          connection,
          turn,
          FenceTurns.STOPPED,
          statement -> {
            for (String each :
                Sessions.list(connection, GIVE, row -> row.getString(1), transfer, transfer)) {
              statement.execute(each);
            }
            statement.execute("delete from banyan.fence where transfer = " + Sql.literal(transfer));
          });
    }
  }

  @Override
  public long turn() throws SQLException {
    return turns.last();
  }

  @Override
  public void forget() throws SQLException {
    turns.forget();
  }

  @Override
  public boolean standing() throws SQLException {
    if (!turns.isKept()) {
      return false;
    }
    try (Connection connection = sessions.connection()) {
      String[] relations = relations(connection);
      return relations.length > 0
          && Sessions.list(connection, STANDING, row -> row.getLong(1), relations, transfer, roles)
                  .getFirst()
              == 0;
    }
  }

  @Override
  public String toString() {
    return List.of(names).stream().collect(Collectors.joining(", ", "fence of ", ""));
  }
}
