package dev.banyan.transfer.mysql;

import com.github.shyiko.mysql.binlog.event.ByteArrayEventData;
import com.github.shyiko.mysql.binlog.event.Event;
import com.github.shyiko.mysql.binlog.event.EventHeaderV4;
import com.github.shyiko.mysql.binlog.event.EventType;
import com.github.shyiko.mysql.binlog.event.MariadbGtidEventData;
import com.github.shyiko.mysql.binlog.event.QueryEventData;
import com.github.shyiko.mysql.binlog.event.RotateEventData;
import dev.banyan.transfer.engine.ChangeStream;
import dev.banyan.transfer.table.Change;
import dev.banyan.transfer.table.Commit;
import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Position;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.Transaction;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Makes transactions of the binary log's events.
///
/// A group of events begins with its GTID (MariaDB) or with `BEGIN`, and ends with its XID or
/// `COMMIT`; a statement that stands alone is a group of its own. The position that counts is where
/// a group ends: nowhere else can reading begin.
///
/// What can not be read whole (partial row images, prepared XA, compressed or unknown events) is an
/// error that names it, wherever it concerns our tables or might.
final class BinlogStream implements ChangeStream {
  /// Events of other tables that one call of [#next] may pass by.
  private static final int PASSED = 20_000;

  private static final int FORMAT_V2 = 2;

  private final BinlogFeed feed;
  private final BinlogTables tables;
  private final Map<Long, Optional<BinlogTables.Layout>> layouts = new HashMap<>();
  private final Map<Long, Boolean> marking = new HashMap<>();
  private final List<Change> changes = new ArrayList<>();
  private String marks = "";
  private boolean open;
  private boolean announced;
  private long file;
  private long offset;
  private volatile Position reached;

  BinlogStream(BinlogFeed feed, Position from, BinlogTables tables) {
    this.feed = feed;
    this.tables = tables;
    this.file = from.file();
    this.offset = from.offset();
    this.reached = from;
  }

  /// Waits for one event only, and then takes what is there: heartbeats and other tables' events
  /// would else begin the wait anew.
  @Override
  public Optional<Transaction> next(Duration wait) throws SQLException, InterruptedException {
    for (int passed = 0; passed < PASSED; passed++) {
      Optional<Event> event = feed.next(passed == 0 ? wait : Duration.ZERO);
      if (event.isEmpty()) {
        return Optional.empty();
      }
      Transaction whole = take(event.get());
      if (whole != null) {
        return Optional.of(whole);
      }
    }
    return Optional.empty();
  }

  private @Nullable Transaction take(Event event) throws SQLException {
    EventHeaderV4 header = event.getHeader();
    EventType type = header.getEventType();
    if (type == EventType.ROTATE) {
      RotateEventData rotate = event.getData();
      rotated(rotate);
      return null;
    }
    advance(header);
    return switch (type) {
      case MARIADB_GTID -> {
        MariadbGtidEventData gtid = event.getData();
        begun((gtid.getFlags() & MariadbGtidEventData.FL_STANDALONE) == 0);
        yield null;
      }
      case GTID, ANONYMOUS_GTID -> {
        begun(false);
        yield null;
      }
      case QUERY -> query(event.getData(), header);
      case XID -> end(header);
      case TABLE_MAP -> {
        map(data(event));
        yield null;
      }
      case WRITE_ROWS,
          UPDATE_ROWS,
          DELETE_ROWS,
          EXT_WRITE_ROWS,
          EXT_UPDATE_ROWS,
          EXT_DELETE_ROWS -> {
        rows(type, data(event));
        yield null;
      }
      case XA_PREPARE -> prepared(header);
      case TRANSACTION_PAYLOAD, PARTIAL_UPDATE_ROWS_EVENT, UNKNOWN -> unreadable(type);
      default -> {
        settled();
        yield null;
      }
    };
  }

  private static byte[] data(Event event) {
    ByteArrayEventData data = event.getData();
    return data.getData();
  }

  /// Positions in the log have 32 bits, and a file can be longer: they start again at zero.
  private void advance(EventHeaderV4 header) {
    long next = header.getNextPosition();
    if (next > 0) {
      long beyond = offset & ~0xffff_ffffL;
      offset = beyond + next < offset ? beyond + next + (1L << 32) : beyond + next;
    }
  }

  private void rotated(RotateEventData rotate) {
    long number = Logs.number(rotate.getBinlogFilename());
    if (number != file) {
      file = number;
      offset = rotate.getBinlogPosition();
      settled();
    }
  }

  private void begun(boolean group) {
    open = group;
    announced = true;
    changes.clear();
    marks = "";
  }

  /// Between groups each event's end is a place where reading can begin.
  private void settled() {
    if (!open && !announced) {
      reached = new Position(file, offset);
    }
  }

  private @Nullable Transaction query(QueryEventData query, EventHeaderV4 header)
      throws SQLException {
    String sql = query.getSql().strip();
    switch (sql.toUpperCase(Locale.ROOT)) {
      case "BEGIN" -> {
        begun(true);
        return null;
      }
      case "COMMIT" -> {
        return end(header);
      }
      case "ROLLBACK" -> {
        changes.clear();
        return end(header);
      }
      default -> {}
    }
    if (Statements.undoesPart(sql) && !changes.isEmpty()) {
      throw new SQLException(
          "a transaction was rolled back in part, with tables that can not roll back: " + sql);
    }
    changes.addAll(Statements.changes(sql, query.getDatabase(), tables::ours));
    return open ? null : end(header);
  }

  private @Nullable Transaction end(EventHeaderV4 header) {
    open = false;
    announced = false;
    Position position = new Position(file, offset);
    reached = position;
    layouts.clear();
    marking.clear();
    if (changes.isEmpty()) {
      return null;
    }
    Transaction whole =
        new Transaction(
            new Commit(position, 0), Instant.ofEpochMilli(header.getTimestamp()), changes, marks);
    changes.clear();
    return whole;
  }

  private @Nullable Transaction prepared(EventHeaderV4 header) throws SQLException {
    if (!changes.isEmpty()) {
      throw new SQLException(
          "an XA transaction changed "
              + changes.getFirst().table()
              + ": whether it was committed stands elsewhere in the log, and is not followed");
    }
    return end(header);
  }

  private @Nullable Transaction unreadable(EventType type) throws SQLException {
    if (open || announced) {
      throw new SQLException(
          "the log holds a transaction in a form that this program can not read ("
              + type
              + "): turn off compression of the log, and partial JSON");
    }
    return null;
  }

  private void map(byte[] event) throws SQLException {
    TableMap map = TableMap.read(event);
    layouts.put(map.id(), tables.layout(map));
    marking.put(map.id(), map.name().name().equals(Own.MARK));
  }

  private void rows(EventType type, byte[] event) throws SQLException {
    Bytes in = new Bytes(event);
    long id = in.little(6);
    in.skip(2);
    if (marking.getOrDefault(id, false)) {
      marks = mark(type, in);
      return;
    }
    Optional<BinlogTables.Layout> layout = layouts.getOrDefault(id, Optional.empty());
    if (layout.isEmpty()) {
      return;
    }
    if (version(type) == FORMAT_V2) {
      in.skip((int) in.little(2) - 2);
    }
    BinlogTables.Layout ours = layout.get();
    int columns = in.packed();
    whole(in, columns, ours);
    if (EventType.isUpdate(type)) {
      whole(in, columns, ours);
    }
    while (in.left() > 0) {
      Row row = row(in, ours);
      changes.add(change(type, in, row, ours));
    }
  }

  private static int version(EventType type) {
    return switch (type) {
      case EXT_WRITE_ROWS, EXT_UPDATE_ROWS, EXT_DELETE_ROWS -> FORMAT_V2;
      default -> 1;
    };
  }

  private static Change change(EventType type, Bytes in, Row row, BinlogTables.Layout ours)
      throws SQLException {
    Key key = row.key(ours.key());
    if (EventType.isDelete(type)) {
      return new Change.Delete(ours.table().name(), key);
    }
    if (EventType.isWrite(type)) {
      return new Change.Upsert(ours.table().name(), key, key, row);
    }
    Row after = row(in, ours);
    return new Change.Upsert(ours.table().name(), key, after.key(ours.key()), after);
  }

  private static void whole(Bytes in, int columns, BinlogTables.Layout ours) throws SQLException {
    for (int i = 0; i < columns; i++) {
      if (!in.bit(in.at(), i)) {
        throw new SQLException(
            "the log leaves out columns of "
                + ours.table().name()
                + ": set binlog_row_image to FULL, and begin anew");
      }
    }
    in.skip((columns + 7) / 8);
  }

  private static Row row(Bytes in, BinlogTables.Layout ours) throws SQLException {
    List<BinlogCells> readers = ours.cells();
    int nulls = in.at();
    in.skip((readers.size() + 7) / 8);
    @Nullable Object[] cells = new @Nullable Object[readers.size()];
    for (int i = 0; i < cells.length; i++) {
      cells[i] = in.bit(nulls, i) ? null : readers.get(i).read(in);
    }
    return new Row(cells);
  }

  /// Which transfer wrote: the second of the three columns of [Own#mark].
  private static String mark(EventType type, Bytes in) {
    if (version(type) == FORMAT_V2) {
      in.skip((int) in.little(2) - 2);
    }
    in.skip(in.packed() > 0 ? EventType.isUpdate(type) ? 2 : 1 : 0);
    in.skip(1 + Long.BYTES);
    return "banyan:" + in.text((int) in.little(2), StandardCharsets.UTF_8);
  }

  @Override
  public Position reached() {
    return reached;
  }

  /// The server keeps its log by time or size, whoever reads it.
  @Override
  public void acknowledge(Position position) {}

  @Override
  public void close() throws SQLException {
    feed.close();
  }
}
