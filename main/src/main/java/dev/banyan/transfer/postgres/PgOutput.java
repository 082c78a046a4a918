package dev.banyan.transfer.postgres;

import dev.banyan.transfer.table.Change;
import dev.banyan.transfer.table.Commit;
import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import dev.banyan.transfer.table.Transaction;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Puts transactions together from the messages of `pgoutput`, protocol version 1: every
/// transaction comes whole, after its commit. See the manual's *Logical Replication Message
/// Formats*. For one thread.
final class PgOutput {
  /// The prefix of the messages by which our own transactions are known.
  static final String MARK = "banyan";

  private static final long MOST_CHANGES = 20_000_000;

  /// What has to be asked of the database while its log is read.
  interface Questions {
    /// Types by their number and modifier, as the database spells them now.
    List<String> declared(List<Long> types, List<Integer> modifiers) throws SQLException;

    /// A row's cells as they are now, where a change left out large values and the row may have to
    /// be written anew; null where it has gone, for then the log says so later. If they are of a
    /// later time, then the log brings that time's change as well.
    @Nullable Row again(Table table, Key key) throws SQLException;
  }

  private final Map<TableName, Table> tables;
  private final Questions questions;
  private final Set<TableName> whole;
  private final Map<Integer, Relation> relations = new HashMap<>();
  private List<Change> changes = new ArrayList<>();
  private boolean open;
  private long xid;
  private Instant at = Instant.EPOCH;
  private String marks = "";

  /// @param whole the tables of which each changed row is needed whole
  PgOutput(Collection<Table> tables, Questions questions, Predicate<TableName> whole) {
    this.tables = tables.stream().collect(Collectors.toMap(Table::name, each -> each));
    this.questions = questions;
    // Asked once: it would be for every row.
    this.whole = this.tables.keySet().stream().filter(whole).collect(Collectors.toSet());
  }

  /// Whether a transaction is being put together.
  boolean open() {
    return open;
  }

  /// @return the transaction that this message ends
  @Nullable Transaction take(ByteBuffer message) throws SQLException {
    byte kind = message.get();
    switch (kind) {
      case 'B' -> begin(message);
      case 'O' -> origin(message);
      case 'M' -> message(message);
      case 'R' -> relation(message);
      case 'I' -> insert(message);
      case 'U' -> update(message);
      case 'D' -> delete(message);
      case 'T' -> truncate(message);
      case 'C' -> {
        return commit(message);
      }
      case 'Y' -> {
        // A type's name, which its columns' relation says as well.
      }
      default -> throw new IllegalStateException("pgoutput sent a message of kind " + kind);
    }
    return null;
  }

  private void begin(ByteBuffer message) {
    message.getLong(); // where the commit begins
    at = CellReader.moment(message.getLong());
    xid = message.getInt() & 0xffff_ffffL;
    changes = new ArrayList<>();
    marks = "";
    open = true;
  }

  private void origin(ByteBuffer message) {
    message.getLong();
    String name = text(message);
    if (name.startsWith(MARK + "_")) {
      marks = name;
    }
  }

  /// A message that is not part of a transaction is a heartbeat, and its place is all it says.
  private void message(ByteBuffer message) {
    boolean transactional = (message.get() & 1) == 1;
    message.getLong();
    String prefix = text(message);
    byte[] content = new byte[message.getInt()];
    message.get(content);
    if (transactional && open && prefix.equals(MARK)) {
      marks = new String(content, StandardCharsets.UTF_8);
    }
  }

  private Transaction commit(ByteBuffer message) {
    message.get();
    message.getLong();
    long end = message.getLong();
    open = false;
    Transaction whole = new Transaction(new Commit(Lsn.position(end), xid), at, changes, marks);
    changes = new ArrayList<>();
    return whole;
  }

  private void relation(ByteBuffer message) throws SQLException {
    int id = message.getInt();
    String schema = text(message);
    TableName name = new TableName(schema.isEmpty() ? "pg_catalog" : schema, text(message));
    message.get(); // the replica identity
    int count = message.getShort();
    List<String> columns = new ArrayList<>();
    List<Long> types = new ArrayList<>();
    List<Integer> modifiers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      message.get();
      columns.add(text(message));
      types.add(message.getInt() & 0xffff_ffffL);
      modifiers.add(message.getInt());
    }
    Table table = tables.get(name);
    if (table == null) {
      relations.remove(id);
      return;
    }
    List<String> declared = questions.declared(types, modifiers);
    List<Relation.Described> described = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      described.add(new Relation.Described(columns.get(i), declared.get(i)));
    }
    Relation relation = new Relation(table, described);
    relations.put(id, relation);
    if (!relation.altered().isEmpty()) {
      add(new Change.Altered(name, relation.altered()));
    }
  }

  private void add(Change change) {
    if (changes.size() >= MOST_CHANGES) {
      throw new IllegalStateException(
          "transaction "
              + xid
              + " has more than "
              + MOST_CHANGES
              + " changes; begin the transfer"
              + " anew after it");
    }
    changes.add(change);
  }

  /// @return null for a table that is not ours, or that can not be read as planned any more
  private @Nullable Relation relationOf(ByteBuffer message) {
    Relation relation = relations.get(message.getInt());
    return relation == null || !relation.altered().isEmpty() ? null : relation;
  }

  private void insert(ByteBuffer message) {
    Relation relation = relationOf(message);
    if (relation != null) {
      message.get();
      Row row = relation.tuple(message);
      Key key = relation.key(row, null);
      add(new Change.Upsert(relation.table().name(), key, key, row));
    }
  }

  private void update(ByteBuffer message) throws SQLException {
    Relation relation = relationOf(message);
    if (relation == null) {
      return;
    }
    byte form = message.get();
    Row before = form == 'N' ? null : relation.tuple(message);
    if (before != null) {
      message.get();
    }
    Row row = relation.tuple(message);
    if (form == 'O' && before != null) {
      row = Relation.filled(row, before);
    }
    Key key = relation.key(row, before);
    Key was = before == null ? key : relation.key(before, null);
    TableName name = relation.table().name();
    boolean anew = !key.equals(was) || whole.contains(name);
    if (anew && !relation.missing(row).isEmpty()) {
      Row now = questions.again(relation.table(), key);
      if (now != null) {
        row = Relation.filled(row, now);
      } else if (key.equals(was)) {
        add(new Change.Delete(name, key)); // a part of it can not be written where it may not be
        return;
      }
    }
    add(new Change.Upsert(name, was, key, row));
  }

  private void delete(ByteBuffer message) {
    Relation relation = relationOf(message);
    if (relation != null) {
      message.get();
      Key key = relation.key(relation.tuple(message), null);
      add(new Change.Delete(relation.table().name(), key));
    }
  }

  private void truncate(ByteBuffer message) {
    int count = message.getInt();
    message.get();
    for (int i = 0; i < count; i++) {
      Relation relation = relationOf(message);
      if (relation != null) {
        add(new Change.Truncate(relation.table().name()));
      }
    }
  }

  private static String text(ByteBuffer message) {
    int start = message.position();
    byte each;
    do {
      each = message.get();
    } while (each != 0);
    return new String(
        message.array(),
        message.arrayOffset() + start,
        message.position() - start - 1,
        StandardCharsets.UTF_8);
  }
}
