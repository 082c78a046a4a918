package dev.banyan.store.rows;

import dev.banyan.cutover.Approval;
import dev.banyan.cutover.Baseline;
import dev.banyan.cutover.ChainLink;
import dev.banyan.cutover.Change;
import dev.banyan.cutover.LedgerEntry;
import dev.banyan.cutover.MigrationStore;
import dev.banyan.cutover.Standing;
import dev.banyan.cutover.Written;
import dev.banyan.migration.FamilyState;
import dev.banyan.migration.GateReading;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/// Families' states, the ledger and secrets as rows.
public final class MigrationRows implements MigrationStore {
  private static final String ENTRY =
      "seq, at, kind, family, actor, reason, state_before, state_after, gates, took_nanos,"
          + " evidence, previous, hash";

  private static final String STANDING =
      "name, phase, weight, epoch, held, unproven, since, baseline, approval";
  private static final String LINE = "line";
  private static final String NOTE = "note:";
  private static final String ANCHOR = "ledger-anchor";

  private final Transactions database;
  private final Ordering ordering;

  public MigrationRows(Transactions database, Ordering ordering) {
    this.database = database;
    this.ordering = ordering;
  }

  @Override
  public List<Standing> standings() {
    return database.transaction(
        "the families' states can not be read",
        connection -> {
          try (PreparedStatement select =
              connection.prepareStatement("select " + STANDING + " from family order by name")) {
            return standings(select);
          }
        });
  }

  /// The standings of families that are named by what this adds to the query.
  ///
  /// @param where a condition with one parameter
  public static List<Standing> standings(Connection connection, String where, long parameter)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "select " + STANDING + " from family where " + where + " order by name")) {
      select.setLong(1, parameter);
      return standings(select);
    }
  }

  private static List<Standing> standings(PreparedStatement select) throws SQLException {
    List<Standing> all = new ArrayList<>();
    try (ResultSet row = select.executeQuery()) {
      while (row.next()) {
        all.add(standing(row));
      }
    }
    return all;
  }

  private static Standing standing(ResultSet row) throws SQLException {
    int weight = row.getInt("weight");
    Integer buckets = row.wasNull() ? null : weight;
    String baseline = row.getString("baseline");
    String approval = row.getString("approval");
    FamilyState state =
        new FamilyState(
            row.getString("name"),
            Json.phase(row.getString("phase"), buckets),
            row.getLong("epoch"),
            row.getString("held"),
            row.getBoolean("unproven"),
            Instant.parse(row.getString("since")));
    return new Standing(
        state,
        baseline == null ? null : Json.read(baseline, Baseline.class),
        approval == null ? null : Json.read(approval, Approval.class));
  }

  @Override
  public Optional<String> stoppedLine() {
    return database.transaction(
        "whether the line is stopped can not be read", MigrationRows::stoppedLine);
  }

  /// Why all promotion is stopped, within a transaction of whoever asks.
  public static Optional<String> stoppedLine(Connection connection) throws SQLException {
    return setting(connection, LINE);
  }

  @Override
  public Written write(LedgerEntry.Draft draft, @Nullable Change change, @Nullable Long term) {
    Transactions.Work<Written> work =
        connection -> {
          ordering.takeTurn(connection);
          if (term != null && ordering.isOver(connection, term)) {
            return new Written.Fenced();
          }
          if (change instanceof Change.Move move) {
            Standing now = standing(connection, move.before().state().family());
            if (now == null ? move.before().state().epoch() != 0 : !now.equals(move.before())) {
              return made(connection, draft)
                  .orElseGet(() ->
                      new Written.Conflict(now == null ? Standing.initial(move.before()) : now));
            }
          }
          String line =
              draft.kind() == LedgerEntry.Kind.PROMOTE
                  ? stoppedLine(connection).orElse(null)
                  : null;
          if (line != null) {
            return Written.Barred.byLine(line);
          }
          LedgerEntry last = head(connection).orElse(null);
          LedgerEntry entry =
              last == null
                  ? draft.placed(1, LedgerEntry.GENESIS)
                  : draft.placed(last.seq() + 1, last.hash());
          make(connection, change);
          insert(connection, entry);
          ordering.announce(connection, entry, change);
          return new Written.Done(entry);
        };
    return isInForce(draft.kind())
        ? database.urgent(what(change), work)
        : database.transaction(what(change), work);
  }

  /// What is in force before it is written.
  private static boolean isInForce(LedgerEntry.Kind kind) {
    return kind == LedgerEntry.Kind.ROLLBACK
        || kind == LedgerEntry.Kind.HOLD
        || kind == LedgerEntry.Kind.STOP_LINE
        || kind == LedgerEntry.Kind.DENY;
  }

  /// A decision that is written again because nobody could say whether it was written: the family's
  /// last entry is then this very one.
  private static Optional<Written> made(Connection connection, LedgerEntry.Draft draft)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "select " + ENTRY + " from ledger where family = ? order by seq desc limit 1")) {
      select.setString(1, draft.family());
      return entries(select).stream()
          .filter(last -> last.equals(draft.placed(last.seq(), last.previous())))
          .findFirst()
          .map(Written.Done::new);
    }
  }

  private static String what(@Nullable Change change) {
    return switch (change) {
      case null -> "a ledger entry can not be written";
      case Change.Move move -> "a move of " + move.after().state().family() + " can not be written";
      case Change.Line _ -> "whether the line is stopped can not be written";
      case Change.Prune prune ->
          "ledger entries up to " + prune.last().seq() + " can not be removed";
    };
  }

  private static void make(Connection connection, @Nullable Change change) throws SQLException {
    switch (change) {
      case null -> {}
      case Change.Move move -> insert(connection, move.after());
      case Change.Line line -> set(connection, LINE, line.stopped());
      case Change.Prune prune -> prune(connection, prune.last());
    }
  }

  private static void prune(Connection connection, ChainLink last) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("select hash from ledger where seq = ?")) {
      select.setLong(1, last.seq());
      try (ResultSet row = select.executeQuery()) {
        if (!row.next() || !last.hash().equals(row.getString(1))) {
          throw new UncheckedIOException(
              new IOException(
                  "ledger entry "
                      + last.seq()
                      + " is not the one that was to be removed; verify the ledger"));
        }
      }
    }
    try (PreparedStatement delete =
        connection.prepareStatement("delete from ledger where seq <= ?")) {
      delete.setLong(1, last.seq());
      delete.executeUpdate();
    }
    set(connection, ANCHOR, Json.write(last));
  }

  private static void set(Connection connection, String name, @Nullable String value)
      throws SQLException {
    String sql =
        value == null
            ? "delete from setting where name = ?"
            : "insert into setting (name, value) values (?, ?)"
                + " on conflict (name) do update set value = excluded.value";
    try (PreparedStatement change = connection.prepareStatement(sql)) {
      change.setString(1, name);
      if (value != null) {
        change.setString(2, value);
      }
      change.executeUpdate();
    }
  }

  private static Optional<String> setting(Connection connection, String name) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("select value from setting where name = ?")) {
      select.setString(1, name);
      try (ResultSet row = select.executeQuery()) {
        return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
      }
    }
  }

  private static @Nullable Standing standing(Connection connection, String family)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("select " + STANDING + " from family where name = ?")) {
      select.setString(1, family);
      try (ResultSet row = select.executeQuery()) {
        return row.next() ? standing(row) : null;
      }
    }
  }

  private static void insert(Connection connection, Standing standing) throws SQLException {
    FamilyState state = standing.state();
    Baseline baseline = standing.baseline();
    Approval approval = standing.approval();
    try (PreparedStatement insert =
        connection.prepareStatement(
            "insert into family ("
                + STANDING
                + ") values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (name) do update set"
                + " phase = excluded.phase, weight = excluded.weight, epoch = excluded.epoch,"
                + " held = excluded.held, unproven = excluded.unproven, since = excluded.since,"
                + " baseline = excluded.baseline, approval = excluded.approval")) {
      insert.setString(1, state.family());
      insert.setString(2, state.phase().name().word());
      insert.setObject(3, Json.weight(state.phase()));
      insert.setLong(4, state.epoch());
      insert.setString(5, state.held());
      insert.setBoolean(6, state.unproven());
      insert.setString(7, state.since().toString());
      insert.setString(8, baseline == null ? null : Json.write(baseline));
      insert.setString(9, approval == null ? null : Json.write(approval));
      insert.executeUpdate();
    }
  }

  private static int insert(Connection connection, LedgerEntry entry) throws SQLException {
    Duration took = entry.took();
    try (PreparedStatement insert =
        connection.prepareStatement(
            "insert into ledger (" + ENTRY + ") values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
      insert.setLong(1, entry.seq());
      insert.setString(2, entry.at().toString());
      insert.setString(3, entry.kind().word());
      insert.setString(4, entry.family());
      insert.setString(5, entry.actor());
      insert.setString(6, entry.reason());
      insert.setString(7, Json.writeState(entry.before()));
      insert.setString(8, Json.writeState(entry.after()));
      insert.setString(9, Json.write(entry.gates()));
      insert.setObject(10, took == null ? null : took.toNanos());
      insert.setString(11, entry.evidence());
      insert.setString(12, entry.previous());
      insert.setString(13, entry.hash());
      return insert.executeUpdate();
    }
  }

  @Override
  public List<LedgerEntry> page(long after, int limit) {
    return database.transaction(
        "the ledger can not be read",
        connection -> {
          try (PreparedStatement select =
              connection.prepareStatement(
                  "select " + ENTRY + " from ledger where seq > ? order by seq limit ?")) {
            select.setLong(1, after);
            select.setInt(2, limit);
            return entries(select);
          }
        });
  }

  @Override
  public Optional<LedgerEntry> head() {
    return database.transaction("the ledger can not be read", MigrationRows::head);
  }

  @Override
  public Optional<ChainLink> anchor() {
    return database.transaction(
        "where the ledger begins can not be read",
        connection -> setting(connection, ANCHOR).map(json -> Json.read(json, ChainLink.class)));
  }

  private static Optional<LedgerEntry> head(Connection connection) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("select " + ENTRY + " from ledger order by seq desc limit 1")) {
      return entries(select).stream().findFirst();
    }
  }

  private static List<LedgerEntry> entries(PreparedStatement select) throws SQLException {
    List<LedgerEntry> entries = new ArrayList<>();
    try (ResultSet row = select.executeQuery()) {
      while (row.next()) {
        long seq = row.getLong("seq");
        try {
          entries.add(entry(row));
        } catch (IllegalArgumentException | DateTimeException | JacksonException e) {
          throw new UncheckedIOException(
              new IOException(
                  "ledger entry " + seq + " is unreadable: it was damaged or edited", e));
        }
      }
    }
    return entries;
  }

  private static LedgerEntry entry(ResultSet row) throws SQLException {
    long took = row.getLong("took_nanos");
    Duration duration = row.wasNull() ? null : Duration.ofNanos(took);
    return new LedgerEntry(
        row.getLong("seq"),
        Instant.parse(row.getString("at")),
        kind(row.getString("kind")),
        row.getString("family"),
        row.getString("actor"),
        row.getString("reason"),
        Json.readState(row.getString("state_before")),
        Json.readState(row.getString("state_after")),
        List.of(Json.read(row.getString("gates"), GateReading[].class)),
        duration,
        row.getString("evidence"),
        row.getString("previous"),
        row.getString("hash"));
  }

  private static LedgerEntry.Kind kind(String word) {
    return LedgerEntry.Kind.valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  @Override
  public Optional<String> note(String name) {
    return database.transaction(
        "a note can not be read", connection -> setting(connection, NOTE + name));
  }

  @Override
  public void note(String name, String text) {
    database.transaction(
        "a note can not be kept",
        connection -> {
          set(connection, NOTE + name, text);
          return text;
        });
  }

  @Override
  public byte[] secret(String name, Supplier<byte[]> fresh) {
    return database.transaction(
        "a secret can not be kept",
        connection -> {
          byte[] kept = secret(connection, name);
          if (kept != null) {
            return kept;
          }
          byte[] made = fresh.get();
          try (PreparedStatement insert =
              connection.prepareStatement(
                  "insert into secret (name, value) values (?, ?) on conflict (name) do nothing")) {
            insert.setString(1, name);
            insert.setBytes(2, made);
            insert.executeUpdate();
          }
          byte[] first = secret(connection, name);
          return first == null ? made : first;
        });
  }

  private static byte @Nullable [] secret(Connection connection, String name) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("select value from secret where name = ?")) {
      select.setString(1, name);
      try (ResultSet row = select.executeQuery()) {
        return row.next() ? row.getBytes(1) : null;
      }
    }
  }
}
