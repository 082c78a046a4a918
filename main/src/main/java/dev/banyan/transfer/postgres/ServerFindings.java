package dev.banyan.transfer.postgres;

import dev.banyan.transfer.engine.Finding;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// What the server itself, its settings and our role's rights stand in the way of.
final class ServerFindings {
  private static final int OLDEST = 12;

  private static final String SOURCE =
      """
      select current_setting('wal_level'),
        (select rolreplication or rolsuper from pg_roles where rolname = current_user)
          or exists (select from pg_roles r where r.rolname = 'rds_replication'
            and pg_has_role(current_user, r.oid, 'usage')),
        current_setting('max_replication_slots')::int
          - (select count(*) from pg_replication_slots),
        current_setting('max_wal_senders')::int
          - (select count(*) from pg_stat_activity where backend_type = 'walsender'),
        pg_is_in_recovery(),
        has_database_privilege(current_database(), 'CREATE'),
        exists (select from pg_replication_slots where slot_name like 'banyan\\_%'
          and database = current_database()),
        coalesce(current_setting('max_slot_wal_keep_size', true), '-1')
      """;

  private static final String TARGET =
      """
      select pg_is_in_recovery(),
        has_database_privilege(current_database(), 'CREATE')
          or coalesce(has_schema_privilege(to_regnamespace('banyan'), 'CREATE'), false),
        (select rolsuper from pg_roles where rolname = current_user)
      """;

  private ServerFindings() {}

  static List<Finding> source(Connection connection, int version) throws SQLException {
    List<Finding> found = new ArrayList<>();
    Sessions.list(
        connection,
        SOURCE,
        row -> {
          add(
              found,
              !row.getString(1).equals("logical"),
              "wal-level",
              "wal_level",
              "is " + row.getString(1) + "; set it to logical and restart the server");
          add(
              found,
              !row.getBoolean(2),
              "no-replication-right",
              "role",
              "the transfer's role may not replicate; alter role … replication");
          boolean ours = row.getBoolean(7);
          add(
              found,
              row.getInt(3) < 1 && !ours,
              "no-slot-free",
              "max_replication_slots",
              "all replication slots are taken; drop one or raise it and restart the server");
          add(
              found,
              row.getInt(4) < 1 && !ours,
              "no-sender-free",
              "max_wal_senders",
              "all WAL senders are busy; raise it and restart the server");
          add(
              found,
              row.getBoolean(5),
              "standby",
              "server",
              "it is a standby, where nothing can be published; name its primary");
          add(
              found,
              !row.getBoolean(6),
              "no-publication-right",
              "database",
              "the transfer's role may not create a publication; grant create on database");
          if (row.getString(8).equals("-1")) {
            found.add(
                new Finding(
                    false,
                    "log-unbounded",
                    "max_slot_wal_keep_size",
                    "is -1: while the transfer stands still, its slot keeps log until the disk is"
                        + " full"));
          }
          return true;
        });
    found.replaceAll(Finding::ofFollowing);
    age(version, found);
    return found;
  }

  static List<Finding> target(Connection connection, int version) throws SQLException {
    List<Finding> found = new ArrayList<>();
    age(version, found);
    Sessions.list(
        connection,
        TARGET,
        row -> {
          add(
              found,
              row.getBoolean(1),
              "standby",
              "server",
              "it is a standby, where nothing can be written; name its primary");
          add(
              found,
              !row.getBoolean(2),
              "no-schema",
              "banyan",
              "schema banyan can not be created; grant create on database, or create it for the"
                  + " transfer's role");
          add(
              found,
              !Marking.byMessage(version) && !row.getBoolean(3),
              "no-origin-right",
              "role",
              "before version 14 only a superuser can mark transactions as the transfer's, without"
                  + " which a reverse stream would send them back");
          return true;
        });
    return found;
  }

  private static void age(int version, List<Finding> found) {
    add(
        found,
        version < OLDEST,
        "too-old",
        "server",
        "version " + version + " is older than " + OLDEST);
  }

  private static void add(
      List<Finding> found, boolean wrong, String code, String subject, String says) {
    if (wrong) {
      found.add(new Finding(true, code, subject, says));
    }
  }

  /// Whether a transfer has begun to write here, so that rows are no surprise.
  static boolean underWay(Connection connection) throws SQLException {
    boolean known =
        Sessions.list(
                connection,
                "select exists (select from pg_class c where c.relname = 'transfer_memory'"
                    + " and c.relnamespace = to_regnamespace('banyan')"
                    + " and has_schema_privilege(c.relnamespace, 'USAGE')"
                    + " and has_table_privilege(c.oid, 'SELECT'))",
                row -> row.getBoolean(1))
            .getFirst();
    return known
        && Sessions.list(
                connection,
                "select exists (select from banyan.transfer_memory)",
                row -> row.getBoolean(1))
            .getFirst();
  }
}
