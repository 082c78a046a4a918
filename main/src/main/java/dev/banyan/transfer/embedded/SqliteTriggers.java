package dev.banyan.transfer.embedded;

import dev.banyan.transfer.table.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The triggers that write a change log, in words that old versions of SQLite know too: they run in
/// the application's own library, on its own connections.
///
/// REPLACE deletes rows that stand in the way by another unique key, and fires no trigger for them
/// unless the connection asks for it. So rows that a statement may be about to replace are noted
/// before it, and afterwards those that are gone are entered as deleted. Where the statement does
/// something else (IGNORE, or an upsert), none of them is gone.
final class SqliteTriggers {
  private static final String NOW = "cast((julianday('now') - 2440587.5) * 86400000 as integer)";
  private static final String MARK = "coalesce((select who from " + Sql.name(Own.MARK) + "), '')";

  private final Log.Names names;
  private final Table table;
  private final List<SqliteCatalog.Unique> further;
  private final String log;
  private final String was;
  private final String counter;

  /// @param further the unique indexes beside the key
  SqliteTriggers(Log.Names names, Table table, List<SqliteCatalog.Unique> further) {
    this.names = names;
    this.table = table;
    this.further = List.copyOf(further);
    this.log = Sql.name(names.log(table.name()).name());
    this.was = Sql.name(names.replaced(table.name()).name());
    this.counter =
        "(select n from "
            + Sql.name(Log.COUNTER)
            + " where transfer = "
            + Sql.text(names.transfer())
            + ")";
  }

  /// Columns have no type, so that each cell keeps its own.
  List<String> tables() {
    List<String> tables = new ArrayList<>();
    String columns = Log.columns(table).replaceFirst("\"id\"", "\"id\" integer primary key");
    tables.add("create table if not exists " + log + " (" + columns + ")");
    if (!further.isEmpty()) {
      tables.add(
          "create table if not exists "
              + was
              + " (i integer primary key, "
              + key(i -> "k" + i)
              + ")");
    }
    return tables;
  }

  List<Dialect.Trigger> triggers() {
    List<Dialect.Trigger> triggers = new ArrayList<>();
    String image = cells("new.");
    if (!further.isEmpty()) {
      triggers.add(trigger("before", "insert", note()));
      triggers.add(trigger("before", "update", note()));
    }
    triggers.add(trigger("after", "insert", replaced() + entry("u", keyOf("new."), image)));
    triggers.add(trigger("after", "update", replaced() + entry("u", keyOf("old."), image)));
    String none = table.columns().stream().map(_ -> "null").collect(Collectors.joining(", "));
    triggers.add(trigger("after", "delete", entry("d", keyOf("old."), none)));
    return triggers;
  }

  private Dialect.Trigger trigger(String when, String event, String body) {
    String name = names.trigger(table.name(), when.charAt(0) + event);
    return new Dialect.Trigger(
        name,
        "create trigger "
            + Sql.name(name)
            + " "
            + when
            + " "
            + event
            + " on "
            + Sql.name(table.name().name())
            + " for each row begin "
            + body
            + "end");
  }

  private String entry(String op, String key, String image) {
    return "update "
        + Sql.name(Log.COUNTER)
        + " set n = n + 1 where transfer = "
        + Sql.text(names.transfer())
        + "; insert into "
        + log
        + " values ("
        + counter
        + ", '"
        + op
        + "', "
        + NOW
        + ", "
        + MARK
        + ", "
        + key
        + ", "
        + image
        + "); ";
  }

  private String note() {
    String conflicts =
        further.stream()
            .map(unique ->
                unique.columns().stream()
                    .map(part ->
                        Sql.name(part.column())
                            + " = new."
                            + Sql.name(part.column())
                            + " collate "
                            + Sql.name(part.collation()))
                    .collect(Collectors.joining(" and ", "(", ")")))
            .collect(Collectors.joining(" or "));
    return "delete from "
        + was
        + "; insert into "
        + was
        + " ("
        + key(i -> "k" + i)
        + ") select "
        + Sql.names(table.key())
        + " from "
        + Sql.name(table.name().name())
        + " where "
        + conflicts
        + "; ";
  }

  private String replaced() {
    if (further.isEmpty()) {
      return "";
    }
    List<String> there = new ArrayList<>();
    for (int i = 0; i < table.key().size(); i++) {
      there.add("t." + Sql.name(table.key().get(i)) + " = w.k" + i);
    }
    return "insert into "
        + log
        + " ("
        + Log.columns(table).substring(0, Log.columns(table).indexOf(", \"c0\""))
        + ") select "
        + counter
        + " + w.i, 'd', "
        + NOW
        + ", "
        + MARK
        + ", "
        + key(i -> "w.k" + i)
        + " from "
        + was
        + " w where not exists (select 1 from "
        + Sql.name(table.name().name())
        + " t where "
        + String.join(" and ", there)
        + "); update "
        + Sql.name(Log.COUNTER)
        + " set n = n + coalesce((select max(i) from "
        + was
        + "), 0) where transfer = "
        + Sql.text(names.transfer())
        + "; delete from "
        + was
        + "; ";
  }

  private String key(Function<Integer, String> name) {
    List<String> columns = new ArrayList<>();
    for (int i = 0; i < table.key().size(); i++) {
      columns.add(name.apply(i));
    }
    return String.join(", ", columns);
  }

  private String keyOf(String row) {
    return key(i -> row + Sql.name(table.key().get(i)));
  }

  private String cells(String row) {
    return table.columns().stream()
        .map(column -> row + Sql.name(column.name()))
        .collect(Collectors.joining(", "));
  }

  static Dialect.Trigger guard(String transfer, Table table, String event) {
    String name = Log.Names.guard(transfer, table.name(), event);
    return new Dialect.Trigger(
        name,
        "create trigger "
            + Sql.name(name)
            + " before "
            + event
            + " on "
            + Sql.name(table.name().name())
            + " for each row when not exists (select 1 from "
            + Sql.name(Own.MARK)
            + ") begin select raise(abort, "
            + Sql.text("banyan: the writes of this table have moved (" + transfer + ")")
            + "); end");
  }
}
