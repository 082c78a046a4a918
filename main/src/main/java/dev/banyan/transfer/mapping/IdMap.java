package dev.banyan.transfer.mapping;

import dev.banyan.transfer.engine.Finding;
import dev.banyan.transfer.options.ColumnRule;
import dev.banyan.transfer.options.TableOptions;
import dev.banyan.transfer.table.Column;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.Type;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One map of ids, as the columns that name it have them.
///
/// @param source what its ids are there
/// @param target the same
public record IdMap(String name, Ids source, Ids target) {
  private static final int UUID_TEXT = 36;
  private static final int UUID_BYTES = 16;

  /// The ids of one side.
  ///
  /// @param home the table whose key they are by themselves; empty where none is
  public record Ids(Type type, Optional<Home> home) {
    Ids or(Ids other) {
      return home.isPresent() ? this : other;
    }

    /// How a new one is made.
    public Making making() {
      return switch (type.kind()) {
        case INTEGER, UNSIGNED -> home.isPresent() ? Making.NEXT_NUMBER : Making.NONE;
        case UUID -> Making.RANDOM;
        case BYTES -> type.length() == UUID_BYTES ? Making.RANDOM : Making.NONE;
        case TEXT, CHAR ->
            type.length() == 0 || type.length() >= UUID_TEXT ? Making.RANDOM : Making.NONE;
        default -> Making.NONE;
      };
    }
  }

  /// @param column its only key column
  public record Home(Table table, String column) {}

  public enum Making {
    /// one beyond the greatest that there is
    NEXT_NUMBER,
    /// a random UUID
    RANDOM,
    NONE
  }

  /// The maps that rules name, by their names; what does not fit is among the findings.
  static Map<String, IdMap> all(
      List<TableOptions> declared, Draft.Side source, Draft.Side target, List<Finding> findings) {
    Map<String, IdMap> maps = new LinkedHashMap<>();
    for (TableOptions each : declared) {
      Optional<Table> from = source.find(each.from());
      Optional<Table> to = target.find(each.to());
      for (ColumnRule rule : each.columns()) {
        if (rule instanceof ColumnRule.Copied copied && from.isPresent() && to.isPresent()) {
          named(copied, from.get(), to.get())
              .ifPresent(map -> maps.merge(map.name, map, (a, b) -> a.and(b, copied, findings)));
        }
      }
    }
    maps.values().forEach(map -> map.check(findings));
    return maps;
  }

  private static Optional<IdMap> named(ColumnRule.Copied rule, Table from, Table to) {
    String name = rule.idMap();
    Optional<Ids> source = ids(from, rule.source());
    Optional<Ids> target = ids(to, rule.target());
    return name != null && source.isPresent() && target.isPresent()
        ? Optional.of(new IdMap(name, source.get(), target.get()))
        : Optional.empty();
  }

  private static Optional<Ids> ids(Table table, String name) {
    return table.columns().stream()
        .filter(column -> column.name().equals(name))
        .map(Column::type)
        .map(type ->
            new Ids(
                type,
                table.key().equals(List.of(name))
                    ? Optional.of(new Home(table, name))
                    : Optional.empty()))
        .findFirst();
  }

  private IdMap and(IdMap other, ColumnRule.Copied rule, List<Finding> findings) {
    if (other.source.type().kind() != source.type().kind()
        || other.target.type().kind() != target.type().kind()) {
      block(
          findings,
          rule.source()
              + " is "
              + Conversions.spelled(other.source.type())
              + " and becomes "
              + Conversions.spelled(other.target.type())
              + ", and other columns of the map are "
              + Conversions.spelled(source.type())
              + " and become "
              + Conversions.spelled(target.type())
              + ": all columns of one map have ids of one kind on each side");
    }
    return new IdMap(name, source.or(other.source), target.or(other.target));
  }

  private void check(List<Finding> findings) {
    if (target.making() == Making.NONE) {
      block(findings, unmade(target, "target"));
    }
    if (source.making() == Making.NONE) {
      block(findings, unmade(source, "source"));
    }
  }

  private static String unmade(Ids ids, String side) {
    return "no new id can be made on the "
        + side
        + ", where it is "
        + Conversions.spelled(ids.type())
        + ": it may be a UUID, as such, as 16 bytes or as text of 36 characters, or a whole number"
        + " that is the only key column of one of the tables that name the map";
  }

  private void block(List<Finding> findings, String says) {
    findings.add(new Finding(true, "id-map", name, says));
  }
}
