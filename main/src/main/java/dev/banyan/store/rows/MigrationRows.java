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
          Present present = present(connection, draft.family());
          if (change instanceof Change.Move move) {
            Standing now = present.standing();
            if (now == null ? move.before().state().epoch() != 0 : !now.equals(move.before())) {
              return made(connection, draft)
                  .orElseGet(() ->
                      new Written.Conflict(now == null ? Standing.initial(move.before()) : now));
            }
            Long period = move.period();
            if (period != null
                && ordering.isPast(connection, move.after().state().family(), period)) {
              return new Written.Conflict(move.before());
            }
          }
          String line = present.line();
          if (line != null && draft.kind() == LedgerEntry.Kind.PROMOTE) {
            return Written.Barred.byLine(line);
          }
          LedgerEntry entry = draft.placed(present.seq() + 1, present.hash());
          List<Sql> all = new ArrayList<>(making(connection, change));
          all.add(insert(entry));
          all.addAll(ordering.announcing(entry, change));
          ordering.run(connection, all);
          return new Written.Done(entry);
        };
    return isInForce(draft.kind())
        ? database.urgent(what(change), work)
        : database.transaction(what(change), work);
  }

  /// What a write has to know, in one look, so that others wait no longer than they must.
  ///
  /// @param standing of the family, or null where the store has none; likewise `line`
  /// @param seq of the last entry, 0 for none
  private record Present(
      @Nullable Standing standing, @Nullable String line, long seq, String hash) {}

  private static Present present(Connection connection, @Nullable String family)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "select h.seq, h.hash, s.value as line, f.name, f.phase, f.weight, f.epoch, f.held,"
                + " f.unproven, f.since, f.baseline, f.approval from (select 1 as one) o"
                + " left join family f on f.name = ? left join setting s on s.name = ?"
                + " left join (select seq, hash from ledger order by seq desc limit 1) h"
                + " on 1 = 1")) {
      select.setString(1, family);
      select.setString(2, LINE);
      try (ResultSet row = select.executeQuery()) {
        if (!row.next()) {
          throw new SQLException("one row was asked for and none came");
        }
        String hash = row.getString("hash");
        return new Present(
            row.getString("name") == null ? null : standing(row),
            row.getString("line"),
            row.getLong("seq"),
            hash == null ? LedgerEntry.GENESIS : hash);
      }
    }
  }

  /// What is in force before it is written, and what waits in one line with that: nothing behind it
  /// is written before it is.
  private static boolean isInForce(LedgerEntry.Kind kind) {
    return switch (kind) {
      case ROLLBACK, HOLD, STOP_LINE, DENY, ALARM, STORE_BACK -> true;
      default -> false;
    };
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

  private static List<Sql> making(Connection connection, @Nullable Change change)
      throws SQLException {
    return switch (change) {
      case null -> List.of();
      case Change.Move move -> List.of(put(move.after()));
      case Change.Line line -> List.of(setting(LINE, line.stopped()));
      case Change.Prune prune -> {
        prune(connection, prune.last());
        yield List.of();
      }
    };
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

  private static void set(Connection connection, String name, String value) throws SQLException {
    Sql sql = setting(name, value);
    try (PreparedStatement change = connection.prepareStatement(sql.text())) {
      sql.bind(change, 1);
      change.executeUpdate();
    }
  }

  private static Sql setting(String name, @Nullable String value) {
    return value == null
        ? Sql.of("delete from setting where name = ?", name)
        : Sql.of(
            "insert into setting (name, value) values (?, ?)"
                + " on conflict (name) do update set value = excluded.value",
            name,
            value);
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

  private static Sql put(Standing standing) {
    FamilyState state = standing.state();
    Baseline baseline = standing.baseline();
    Approval approval = standing.approval();
    return Sql.of(
        "insert into family ("
            + STANDING
            + ") values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (name) do update set"
            + " phase = excluded.phase, weight = excluded.weight, epoch = excluded.epoch,"
            + " held = excluded.held, unproven = excluded.unproven, since = excluded.since,"
            + " baseline = excluded.baseline, approval = excluded.approval",
        state.family(),
        state.phase().name().word(),
        Json.weight(state.phase()),
        state.epoch(),
        state.held(),
        state.unproven(),
        state.since().toString(),
        baseline == null ? null : Json.write(baseline),
        approval == null ? null : Json.write(approval));
  }

  private static Sql insert(LedgerEntry entry) {
    Duration took = entry.took();
    return Sql.of(
        "insert into ledger (" + ENTRY + ") values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        entry.seq(),
        entry.at().toString(),
        entry.kind().word(),
        entry.family(),
        entry.actor(),
        entry.reason(),
        Json.writeState(entry.before()),
        Json.writeState(entry.after()),
        Json.write(entry.gates()),
        took == null ? null : took.toNanos(),
        entry.evidence(),
        entry.previous(),
        entry.hash());
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
  public boolean claim(String name, String text) {
    return database.transaction(
        "a note can not be kept",
        connection -> {
          try (PreparedStatement claim =
              connection.prepareStatement(
                  "insert into setting (name, value) values (?, ?) on conflict (name) do update set"
                      + " value = excluded.value where setting.value <> excluded.value")) {
            claim.setString(1, NOTE + name);
            claim.setString(2, text);
            return claim.executeUpdate() == 1;
          }
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
