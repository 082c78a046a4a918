package dev.banyan.store.rows;

import dev.banyan.dual.DirtyKeys;
import dev.banyan.dual.Entry;
import dev.banyan.dual.EntryState;
import dev.banyan.dual.OutboxCounts;
import dev.banyan.dual.OutboxStore;
import dev.banyan.dual.Step;
import dev.banyan.exchange.Body;
import dev.banyan.exchange.Headers;
import dev.banyan.exchange.Request;
import dev.banyan.migration.Side;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// The outbox as rows. Whoever writes holds the row of `outbox_head`, so that numbers come into
/// sight in their order, whichever process gave them.
public final class OutboxRows implements OutboxStore {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final TypeReference<List<String>> TEXTS = new TypeReference<>() {};
  private static final String SHOWN =
      "seq, family, owner, state, writer, at, method, target, idempotency_key, touched, tries,"
          + " says";
  static final String ALL = SHOWN + ", unit, headers, body, own_key";

  private final Transactions database;

  public OutboxRows(Transactions database) {
    this.database = database;
  }

  // ---- writing

  @Override
  public List<Long> write(List<Step> steps) {
    return database.transaction(
        "the outbox can not be written",
        connection -> {
          long last = advance(connection, steps.size());
          try (OutboxSteps batches = new OutboxSteps(connection)) {
            long seq = last - steps.size();
            for (Step step : steps) {
              batches.add(step, ++seq);
            }
            return batches.run();
          }
        });
  }

  /// Takes numbers, and keeps others from taking any until the transaction ends.
  private static long advance(Connection connection, int by) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "update outbox_head set seq = seq + ? where id = 1 returning seq")) {
      update.setInt(1, by);
      try (ResultSet row = update.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  // ---- reading

  @Override
  public List<Entry> due(int most) {
    return database.transaction(
        "the outbox can not be read",
        connection -> {
          List<Entry> due = new ArrayList<>();
          try (PreparedStatement select =
              connection.prepareStatement(
                  "select "
                      + ALL
                      + " from outbox o where state in ('accepted', 'asking') and not exists"
                      + " (select 1 from outbox before where before.family = o.family"
                      + " and before.unit = o.unit and before.seq < o.seq"
                      + " and before.state <> 'indeterminate') order by seq limit ?")) {
            select.setInt(1, most);
            try (ResultSet row = select.executeQuery()) {
              while (row.next()) {
                due.add(entry(row));
              }
            }
          }
          return due;
        });
  }

  @Override
  public Optional<Entry> find(long seq) {
    return database.transaction(
        "the outbox can not be read",
        connection -> {
          try (PreparedStatement select =
              connection.prepareStatement("select " + ALL + " from outbox where seq = ?")) {
            select.setLong(1, seq);
            try (ResultSet row = select.executeQuery()) {
              return row.next() ? Optional.of(entry(row)) : Optional.empty();
            }
          }
        });
  }

  @Override
  public List<Entry.Listed> list(@Nullable String family, long after, int most) {
    return database.transaction(
        "the outbox can not be read",
        connection -> {
          String where = family == null ? "seq > ?" : "seq > ? and family = ?";
          try (PreparedStatement select = select(connection, where)) {
            select.setLong(1, after);
            if (family != null) {
              select.setString(2, family);
            }
            select.setInt(family == null ? 2 : 3, most);
            return listed(select);
          }
        });
  }

  @Override
  public List<Entry.Listed> in(EntryState state, int most) {
    return database.transaction(
        "the outbox can not be read",
        connection -> {
          try (PreparedStatement select = select(connection, "state = ?")) {
            select.setString(1, state.word());
            select.setInt(2, most);
            return listed(select);
          }
        });
  }

  private static PreparedStatement select(Connection connection, String where) throws SQLException {
    return connection.prepareStatement(
        "select " + SHOWN + " from outbox where " + where + " order by seq limit ?");
  }

  private static List<Entry.Listed> listed(PreparedStatement select) throws SQLException {
    List<Entry.Listed> all = new ArrayList<>();
    try (ResultSet row = select.executeQuery()) {
      while (row.next()) {
        all.add(shown(row, Headers.NONE, Body.EMPTY, 0, false).listed());
      }
    }
    return all;
  }

  private static Entry entry(ResultSet row) throws SQLException {
    List<String> headers = texts(row, "headers");
    return shown(
        row,
        Headers.of(headers.toArray(String[]::new)),
        Body.of(row.getBytes("body")),
        row.getLong("unit"),
        row.getInt("own_key") != 0);
  }

  private static Entry shown(ResultSet row, Headers headers, Body body, long unit, boolean own)
      throws SQLException {
    try {
      return new Entry(
          row.getLong("seq"),
          row.getString("family"),
          unit,
          Side.valueOf(row.getString("owner").toUpperCase(Locale.ROOT)),
          EntryState.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
          row.getString("writer"),
          Instant.parse(row.getString("at")),
          new Request(row.getString("method"), row.getString("target"), headers, body),
          row.getString("idempotency_key"),
          own,
          Set.copyOf(texts(row, "touched")),
          row.getInt("tries"),
          row.getString("says"));
    } catch (IllegalArgumentException | DateTimeException e) {
      throw damaged(row.getLong("seq"), e);
    }
  }

  private static List<String> texts(ResultSet row, String column) throws SQLException {
    try {
      return JSON.readValue(row.getString(column), TEXTS);
    } catch (JacksonException e) {
      throw damaged(row.getLong("seq"), e);
    }
  }

  private static UncheckedIOException damaged(long seq, Exception e) {
    return new UncheckedIOException(
        new IOException(
            "entry " + seq + " of the outbox is unreadable: it was damaged or edited", e));
  }

  @Override
  public Map<String, OutboxCounts> counts() {
    return database.transaction(
        "the outbox can not be counted",
        connection -> {
          Map<String, Tally> tallies = new HashMap<>();
          try (PreparedStatement select =
                  connection.prepareStatement(
                      "select family, state, count(*), min(at) from outbox group by family, state");
              ResultSet row = select.executeQuery()) {
            while (row.next()) {
              Tally tally = tally(tallies, row.getString(1));
              EntryState state = EntryState.valueOf(row.getString(2).toUpperCase(Locale.ROOT));
              tally.states.put(state, row.getLong(3));
              tally.since(Instant.parse(row.getString(4)));
            }
          }
          try (PreparedStatement select =
                  connection.prepareStatement(
                      "select family, count(*) from outbox_dirty group by family");
              ResultSet row = select.executeQuery()) {
            while (row.next()) {
              tally(tallies, row.getString(1)).dirty = row.getLong(2);
            }
          }
          Set<String> compared = compared(connection);
          compared.forEach(family -> tally(tallies, family));
          Map<String, OutboxCounts> counts = new HashMap<>();
          tallies.forEach((family, tally) ->
              counts.put(
                  family,
                  new OutboxCounts(
                      tally.states, tally.dirty, !compared.contains(family), tally.oldest)));
          return counts;
        });
  }

  private static Tally tally(Map<String, Tally> all, String family) {
    return all.computeIfAbsent(family, _ -> new Tally());
  }

  private static final class Tally {
    final Map<EntryState, Long> states = new EnumMap<>(EntryState.class);
    long dirty;
    @Nullable Instant oldest;

    void since(Instant at) {
      if (oldest == null || at.isBefore(oldest)) {
        oldest = at;
      }
    }
  }

  private static Set<String> compared(Connection connection) throws SQLException {
    Set<String> compared = new HashSet<>();
    try (PreparedStatement select =
            connection.prepareStatement(
                "select family from outbox_compared where compared >= alone");
        ResultSet row = select.executeQuery()) {
      while (row.next()) {
        compared.add(row.getString(1));
      }
    }
    return compared;
  }

  @Override
  public boolean isOnItsWayTo(String family, Side side) {
    return database.transaction(
        "the outbox can not be read",
        connection -> {
          try (PreparedStatement select =
              connection.prepareStatement(
                  "select 1 from outbox where family = ? and owner = ?"
                      + " and state in ('intended', 'asking', 'accepted') limit 1")) {
            select.setString(1, family);
            select.setString(2, side.other().word());
            try (ResultSet row = select.executeQuery()) {
              return row.next();
            }
          }
        });
  }

  // ---- what is dirty

  @Override
  public long cut() {
    return database.transaction(
        "the last change of the outbox can not be read", connection -> advance(connection, 0));
  }

  @Override
  public Set<String> dirty(String family) {
    return database.transaction(
        "what is dirty of " + family + " can not be read",
        connection -> dirty(connection, family, Long.MAX_VALUE));
  }

  /// Keys that nothing has touched since a cut.
  private static Set<String> dirty(Connection connection, String family, long cut)
      throws SQLException {
    Set<String> keys = new HashSet<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            "select name from outbox_dirty where family = ? and seq <= ?")) {
      select.setString(1, family);
      select.setLong(2, cut);
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          keys.add(row.getString(1));
        }
      }
    }
    return keys;
  }

  @Override
  public void agreed(String family, long cut) {
    int _ =
        database.transaction(
            "what was compared of " + family + " can not be written",
            connection -> {
              advance(connection, 0); // nobody writes meanwhile
              Set<String> clean = dirty(connection, family, cut);
              Set<String> open = touched(connection, family);
              if (open.contains(DirtyKeys.WHOLE)) {
                clean.clear();
              }
              clean.removeAll(open);
              clear(connection, family, clean);
              return compared(connection, family, cut);
            });
  }

  private static void clear(Connection connection, String family, Set<String> keys)
      throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement("delete from outbox_dirty where family = ? and name = ?")) {
      for (String key : keys) {
        delete.setString(1, family);
        delete.setString(2, key);
        delete.addBatch();
      }
      if (!keys.isEmpty()) {
        delete.executeBatch();
      }
    }
  }

  private static int compared(Connection connection, String family, long cut) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "insert into outbox_compared (family, alone, compared) values (?, 0, ?)"
                + " on conflict (family) do update set compared = excluded.compared"
                + " where outbox_compared.compared < excluded.compared")) {
      insert.setString(1, family);
      insert.setLong(2, cut);
      return insert.executeUpdate();
    }
  }

  /// The keys that entries still in the outbox touch.
  private static Set<String> touched(Connection connection, String family) throws SQLException {
    Set<String> open = new HashSet<>();
    try (PreparedStatement select =
        connection.prepareStatement("select distinct touched from outbox where family = ?")) {
      select.setString(1, family);
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          open.addAll(JSON.readValue(row.getString(1), TEXTS));
        }
      }
    }
    return open;
  }

  @Override
  public void unprove(Collection<String> families) {
    int _ =
        database.transaction(
            "that families are to be compared can not be written",
            connection -> {
              long seq = advance(connection, 1); // after every cut that was taken
              try (PreparedStatement insert = OutboxSteps.alone(connection)) {
                for (String family : families) {
                  insert.setString(1, family);
                  insert.setLong(2, seq);
                  insert.executeUpdate();
                }
              }
              return families.size();
            });
  }
}
