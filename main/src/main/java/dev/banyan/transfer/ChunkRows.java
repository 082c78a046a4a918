package dev.banyan.transfer;

import dev.banyan.transfer.engine.MappedRows;
import dev.banyan.transfer.engine.MappedTable;
import dev.banyan.transfer.engine.RowCursor;
import dev.banyan.transfer.engine.RowRefused;
import dev.banyan.transfer.engine.Snapshot;
import dev.banyan.transfer.engine.TargetWork;
import dev.banyan.transfer.table.Change;
import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Range;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.Table;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/// Takes the rows of a chunk from a snapshot into a transaction of the target, in one of three
/// ways: unread where nothing changes on the way, row by row, or page by page where a table is
/// split, or what was there can only be deleted by key or must stay.
final class ChunkRows {
  private static final int PAGE = 2_000;

  private final Session session;

  ChunkRows(Session session) {
    this.session = session;
  }

  boolean needsClear(Table table) {
    return !session.dispatcher().plan().ordered(table.name())
        || session.mapping().of(table.name()).stream()
            .anyMatch(part -> part.replaces() && part.range(Range.ALL).isEmpty());
  }

  /// @return rows read
  long copy(Snapshot snapshot, TargetWork work, Table table, Range range)
      throws SQLException, RowRefused {
    boolean ordered = session.dispatcher().plan().ordered(table.name());
    List<MappedTable> parts = session.mapping().of(table.name());
    String where = session.mapping().where(table.name());
    if (ordered) {
      for (MappedTable part : parts) {
        Optional<Range> there = part.range(range);
        if (there.isPresent() && part.replaces()) {
          long gone = work.deleteRange(part.target(), there.get(), part.where());
          assert gone >= 0;
        }
      }
    }
    if (parts.size() == 1 && ordered && parts.getFirst().replaces()) {
      MappedTable part = parts.getFirst();
      if (part.identity() && session.binary()) {
        return unread(snapshot, work, table, range, where, part.target());
      }
      try (RowCursor cursor = snapshot.read(table, range, where)) {
        Counted counted = new Counted(cursor, part);
        long written = work.copyIn(part.target(), counted);
        counted.rethrow();
        assert written <= counted.read();
        return counted.read();
      }
    }
    return pages(snapshot, work, table, range, where, parts);
  }

  private long pages(
      Snapshot snapshot,
      TargetWork work,
      Table table,
      Range range,
      String where,
      List<MappedTable> parts)
      throws SQLException, RowRefused {
    boolean byKey = !session.dispatcher().plan().ordered(table.name()) && !table.key().isEmpty();
    long read = 0;
    try (RowCursor cursor = snapshot.read(table, range, where)) {
      List<Row> page = page(cursor);
      while (!page.isEmpty()) {
        for (MappedTable each : parts) {
          if (each.replaces()) {
            replace(work, page, each, byKey);
          } else {
            overwrite(work, page, each);
          }
        }
        read += page.size();
        page = page(cursor);
      }
    }
    return read;
  }

  private static void replace(TargetWork work, List<Row> page, MappedTable each, boolean byKey)
      throws SQLException, RowRefused {
    List<Key> keys = byKey ? keys(page, each) : List.of();
    MappedTable part = each.knowing(page, keys);
    if (byKey) {
      work.delete(part.target(), keys.stream().map(part::key).toList());
    }
    Counted counted = new Counted(listed(page), part);
    long written = work.copyIn(part.target(), counted);
    counted.rethrow();
    assert written <= page.size();
  }

  /// Where the target has more of a row than is written, none is deleted: one that is gone is named
  /// by the next comparison.
  private static void overwrite(TargetWork work, List<Row> page, MappedTable each)
      throws SQLException, RowRefused {
    MappedTable part = each.knowing(page, List.of());
    Table target = part.target();
    int[] key = target.keyIndexes();
    List<Change> changes = new ArrayList<>();
    for (Row row : page) {
      Row there = part.forward(row);
      if (there != null) {
        Key at = there.key(key);
        changes.add(new Change.Upsert(target.name(), at, at, there));
      }
    }
    part.write(work, changes);
  }

  private static List<Key> keys(List<Row> page, MappedTable part) {
    int[] key = part.source().keyIndexes();
    return page.stream().map(row -> row.key(key)).filter(part::takes).toList();
  }

  private static List<Row> page(RowCursor cursor) throws SQLException {
    List<Row> page = new ArrayList<>(PAGE);
    Row row = null;
    while (page.size() < PAGE && (row = cursor.next()) != null) {
      page.add(row);
    }
    return page;
  }

  private static RowCursor listed(List<Row> page) {
    Iterator<Row> rows = page.iterator();
    return new RowCursor() {
      @Override
      public @Nullable Row next() {
        return rows.hasNext() ? rows.next() : null;
      }

      @Override
      public void close() {}
    };
  }

  /// Maps rows on their way. A cursor can not throw what the mapping says, so that it ends the rows
  /// there and says it afterwards; the transaction is not committed then.
  private static final class Counted implements RowCursor {
    private final MappedRows rows;
    private @Nullable RowRefused refused;

    Counted(RowCursor rows, MappedTable part) {
      this.rows = new MappedRows(rows, part);
    }

    @Override
    public @Nullable Row next() throws SQLException {
      try {
        return rows.next();
      } catch (RowRefused e) {
        refused = e;
        return null;
      }
    }

    long read() {
      return rows.read();
    }

    void rethrow() throws RowRefused {
      RowRefused why = refused;
      if (why != null) {
        throw why;
      }
    }

    @Override
    public void close() {}
  }

  /// One thread reads while this one writes.
  private long unread(
      Snapshot snapshot, TargetWork work, Table table, Range range, String where, Table into)
      throws SQLException, RowRefused {
    Pipe pipe = new Pipe();
    FutureTask<Long> reading =
        new FutureTask<>(() -> {
          try (OutputStream out = pipe.writer()) {
            return snapshot.copyOut(table, range, where, out);
          } catch (SQLException | IOException | RuntimeException e) {
            pipe.fail(e);
            throw e;
          }
        });
    session.helper().execute(reading);
    try (InputStream in = pipe.reader()) {
      long written = work.copyIn(into, in);
      long read = joined(reading);
      if (written != read) {
        throw new SQLException(
            table.name()
                + " "
                + range
                + ": "
                + read
                + " rows were read and "
                + written
                + " written");
      }
      return read;
    } catch (SQLException | RowRefused | RuntimeException e) {
      pipe.fail(e);
      settle(reading);
      throw e;
    } catch (IOException e) {
      throw new SQLException("the rows of " + table.name() + " stopped on their way", e);
    }
  }

  private static long joined(FutureTask<Long> reading) throws SQLException {
    try {
      return reading.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLException("interrupted", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof SQLException cause ? cause : new SQLException(e.getCause());
    }
  }

  /// The snapshot's connection is free again only when its reader has ended.
  private static void settle(FutureTask<Long> reading) {
    try {
      long read = joined(reading);
      assert read >= 0;
    } catch (SQLException _) {
      // it failed because its other end did, and that is being thrown
    }
  }
}
