package dev.banyan.transfer.engine;

import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// One database, on either side of a transfer. May be used by many threads: it keeps a small pool.
public interface Database extends AutoCloseable {
  /// As `banyan.yaml` calls it.
  String name();

  /// Product and version for people: `PostgreSQL 18.1`.
  String product();

  /// The schema of a table that is named without one.
  String defaultSchema();

  /// The tables that exist, of those named, as they are now.
  List<Table> tables(Collection<TableName> names) throws SQLException;

  /// Everything that will keep these tables from being copied out of here and followed, by name.
  List<Finding> sourceFindings(List<Table> tables) throws SQLException;

  /// Everything that will keep rows from being written into these tables, by name.
  List<Finding> targetFindings(List<Table> tables) throws SQLException;

  /// @param transfer names what is created in the database for it: slot, publication, change log
  Source source(String transfer, List<Table> tables);

  /// @param transfer names what is kept in the database for it: checkpoint, epoch, ranges done
  Target target(String transfer, List<Table> tables);

  /// @param applications the roles whose writes stop
  Fence fence(String transfer, List<Table> tables, List<String> applications);

  /// Whether rows can go to another database unread, by [Snapshot#copyOut].
  default boolean copiesUnread(Database to) {
    return false;
  }

  /// What computes expressions in this engine's words.
  default Expressions expressions() {
    return new Expressions.None(product());
  }

  /// What keeps pairs of ids in this database.
  ///
  /// @return empty where none can be kept
  default Optional<IdPairs> ids(String transfer) {
    return Optional.empty();
  }

  /// Those that copy this database by its log, as it sees them itself. Who follows changes, as we
  /// do, is none of them.
  ///
  /// @return empty where it can not tell, or does not tell us
  default Optional<List<Replica>> replicas() throws SQLException {
    return Optional.empty();
  }

  /// How far this database is behind the one that it is a copy of.
  ///
  /// @return empty where it is none, or can not tell
  default Optional<Replica> asReplica() throws SQLException {
    return Optional.empty();
  }

  /// `create table` in this engine's words for a table as another database describes it.
  ///
  /// @param of the one that has the table: types that only one engine has go to another as text,
  ///   also where both have one of that name, such as `point`
  String ddl(Table table, Database of);

  @Override
  void close();
}
