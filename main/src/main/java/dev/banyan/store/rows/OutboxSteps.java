package dev.banyan.store.rows;

import dev.banyan.dual.Entry;
import dev.banyan.dual.EntryState;
import dev.banyan.dual.Step;
import dev.banyan.exchange.Headers;
import dev.banyan.exchange.Request;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;

/// The statements of one transaction, each with all its rows: so that a server far away is asked a
/// few times, not once a step.
final class OutboxSteps implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final PreparedStatement insert;
  private final PreparedStatement move;
  private final PreparedStatement remove;
  private final PreparedStatement mark;
  private final PreparedStatement alone;
  private final List<Long> numbers = new ArrayList<>();
  private final List<Integer> moved = new ArrayList<>();
  private final List<Integer> removed = new ArrayList<>();
  private final Map<String, Long> marked = new HashMap<>();
  private final Map<String, Long> ones = new HashMap<>();
  private boolean inserts;

  OutboxSteps(Connection connection) throws SQLException {
    insert =
        connection.prepareStatement(
            "insert into outbox ("
                + OutboxRows.ALL
                + ") values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    move =
        connection.prepareStatement(
            "update outbox set state = ?, tries = ?, says = ? where seq = ? and state = ?");
    remove = connection.prepareStatement("delete from outbox where seq = ? and state = ?");
    mark =
        connection.prepareStatement(
            "insert into outbox_dirty (family, name, seq) values (?, ?, ?)"
                + " on conflict (family, name) do update set seq = excluded.seq");
    alone = alone(connection);
  }

  /// That something went to one side alone: family and number.
  static PreparedStatement alone(Connection connection) throws SQLException {
    return connection.prepareStatement(
        "insert into outbox_compared (family, alone, compared) values (?, ?, -1)"
            + " on conflict (family) do update set alone = excluded.alone");
  }

  void add(Step step, long seq) throws SQLException {
    switch (step) {
      case Step.Intend(Entry entry) -> {
        insert(entry, seq);
        mark(entry.family(), entry.touched(), seq);
      }
      case Step.Move(long of, EntryState from, EntryState to, int tries, String says) -> {
        move.setString(1, to.word());
        move.setInt(2, tries);
        move.setString(3, says);
        move.setLong(4, of);
        move.setString(5, from.word());
        move.addBatch();
        moved.add(numbers.size());
      }
      case Step.Remove(long of, EntryState from, String family, Set<String> touched) -> {
        remove.setLong(1, of);
        remove.setString(2, from.word());
        remove.addBatch();
        removed.add(numbers.size());
        mark(family, touched, seq);
      }
      case Step.Mark(String family, Set<String> keys) -> {
        mark(family, keys, seq);
        ones.put(family, seq);
      }
    }
    numbers.add(seq);
  }

  private void insert(Entry entry, long seq) throws SQLException {
    Request request = entry.request();
    List<String> headers = new ArrayList<>();
    for (Headers.Field field : request.headers().fields()) {
      headers.add(field.name());
      headers.add(field.value());
    }
    insert.setLong(1, seq);
    insert.setString(2, entry.family());
    insert.setString(3, entry.owner().word());
    insert.setString(4, entry.state().word());
    insert.setString(5, entry.writer());
    insert.setString(6, entry.at().toString());
    insert.setString(7, request.method());
    insert.setString(8, request.target());
    insert.setString(9, entry.key());
    insert.setString(10, JSON.writeValueAsString(entry.touched()));
    insert.setInt(11, entry.tries());
    insert.setString(12, entry.says());
    insert.setLong(13, entry.unit());
    insert.setString(14, JSON.writeValueAsString(headers));
    insert.setBytes(15, request.body().toByteArray());
    insert.setInt(16, entry.clientsOwn() ? 1 : 0);
    insert.addBatch();
    inserts = true;
  }

  private void mark(String family, Set<String> keys, long seq) {
    for (String key : keys) {
      marked.put(family + "\n" + key, seq);
    }
  }

  List<Long> run() throws SQLException {
    if (inserts) {
      insert.executeBatch();
    }
    count(move, moved);
    count(remove, removed);
    for (Map.Entry<String, Long> each : marked.entrySet()) {
      int end = each.getKey().indexOf('\n');
      mark.setString(1, each.getKey().substring(0, end));
      mark.setString(2, each.getKey().substring(end + 1));
      mark.setLong(3, each.getValue());
      mark.addBatch();
    }
    if (!marked.isEmpty()) {
      mark.executeBatch();
    }
    for (Map.Entry<String, Long> each : ones.entrySet()) {
      alone.setString(1, each.getKey());
      alone.setLong(2, each.getValue());
      alone.executeUpdate();
    }
    return List.copyOf(numbers);
  }

  private void count(PreparedStatement statement, List<Integer> places) throws SQLException {
    if (!places.isEmpty()) {
      int[] counts = statement.executeBatch();
      for (int i = 0; i < counts.length; i++) {
        numbers.set(places.get(i), (long) counts[i]);
      }
    }
  }

  @Override
  public void close() throws SQLException {
    try (insert;
        move;
        remove;
        mark;
        alone) {
      // All are closed.
    }
  }
}
