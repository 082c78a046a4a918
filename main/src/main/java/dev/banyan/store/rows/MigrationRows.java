package dev.banyan.store.rows;

import dev.banyan.cutover.Approval;
import dev.banyan.cutover.Baseline;
import dev.banyan.cutover.ChainLink;
import dev.banyan.cutover.Change;
import dev.banyan.cutover.LedgerEntry;
import dev.banyan.cutover.MigrationStore;
import dev.banyan.cutover.Standing;
import dev.banyan.cutover.Writing;
import dev.banyan.cutover.Written;
import dev.banyan.migration.FamilyState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Families' states, the ledger and secrets as rows.
public final class MigrationRows implements MigrationStore {
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
    return database.transaction("the families' states can not be read", MigrationRows::standings);
  }

  private static List<Standing> standings(Connection connection) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("select " + STANDING + " from family order by name")) {
      return standings(select);
    }
  }

  @Override
  public List<Standing> stored() {
    return database.transaction(
        "the families' states can not be read",
        connection -> {
          ordering.takeTurn(connection); // behind a write that may be going on still
          return standings(connection);
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
  public Written write(List<Writing> writings, @Nullable Long term) {
    Transactions.Work<Written> work =
        connection -> {
          ordering.takeTurn(connection);
          if (term != null && ordering.isOver(connection, term)) {
            return new Written.Fenced();
          }
          List<Present> present = new ArrayList<>();
          for (Writing writing : writings) {
            present.add(present(connection, writing.draft().family()));
          }
          Standing elsewhere = elsewhere(writings, present);
          if (elsewhere != null) {
            return LedgerRows.made(connection, writings)
                .<Written>map(Written.Done::new)
                .orElseGet(() -> new Written.Conflict(elsewhere));
          }
          Standing past = past(connection, writings);
          if (past != null) {
            return new Written.Conflict(past);
          }
          String line = present.getFirst().line();
          if (line != null && writings.stream().anyMatch(MigrationRows::isPromotion)) {
            return Written.Barred.byLine(line);
          }
          return new Written.Done(
              enter(connection, writings, present.getFirst().seq(), present.getFirst().hash()));
        };
    String what = what(writings);
    return writings.stream().allMatch(writing -> isInForce(writing.draft().kind()))
        ? database.urgent(what, work)
        : database.transaction(what, work);
  }

  private static boolean isPromotion(Writing writing) {
    return writing.draft().kind() == LedgerEntry.Kind.PROMOTE;
  }

  /// Where the first family stands that does not stand where it was decided on; null where all do.
  private static @Nullable Standing elsewhere(List<Writing> writings, List<Present> present) {
    for (int i = 0; i < writings.size(); i++) {
      Standing now = present.get(i).standing();
      if (writings.get(i).change() instanceof Change.Move move
          && (now == null ? move.before().state().epoch() != 0 : !now.equals(move.before()))) {
        return now == null ? Standing.initial(move.before()) : now;
      }
    }
    return null;
  }

  /// The first family whose comparisons have begun anew since it was decided; null where there is
  /// none.
  private @Nullable Standing past(Connection connection, List<Writing> writings)
      throws SQLException {
    for (Writing writing : writings) {
      if (writing.change() instanceof Change.Move move) {
        Long period = move.period();
        if (period != null && ordering.isPast(connection, move.after().state().family(), period)) {
          return move.before();
        }
      }
    }
    return null;
  }

  /// @param seq of the last entry so far, with its hash
  private List<LedgerEntry> enter(
      Connection connection, List<Writing> writings, long seq, String hash) throws SQLException {
    List<LedgerEntry> entries = new ArrayList<>();
    List<Sql> all = new ArrayList<>();
    String previous = hash;
    for (Writing writing : writings) {
      LedgerEntry entry = writing.draft().placed(seq + entries.size() + 1, previous);
      previous = entry.hash();
      entries.add(entry);
      all.addAll(making(connection, writing.change()));
      all.add(LedgerRows.insert(entry));
      all.addAll(ordering.announcing(entry, writing.change()));
    }
    ordering.run(connection, all);
    return entries;
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

  private static String what(List<Writing> writings) {
    return writings.stream()
        .map(writing -> what(writing.change()))
        .distinct()
        .collect(Collectors.joining("; "));
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

  @Override
  public List<LedgerEntry> page(long after, int limit) {
    return database.transaction(
        "the ledger can not be read", connection -> LedgerRows.page(connection, after, limit));
  }

  @Override
  public Optional<LedgerEntry> head() {
    return database.transaction("the ledger can not be read", LedgerRows::head);
  }

  @Override
  public Optional<ChainLink> anchor() {
    return database.transaction(
        "where the ledger begins can not be read",
        connection -> setting(connection, ANCHOR).map(json -> Json.read(json, ChainLink.class)));
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
