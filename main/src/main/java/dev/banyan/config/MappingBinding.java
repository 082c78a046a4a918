package dev.banyan.config;

import dev.banyan.config.MappingKeys.Column;
import dev.banyan.transfer.options.ColumnRule;
import dev.banyan.transfer.options.TableOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// From the keys of a table to what becomes of it, or to why that can not be.
final class MappingBinding {
  private final Findings findings;

  MappingBinding(Findings findings) {
    this.findings = findings;
  }

  /// The table as declared; without those columns that have a finding.
  ///
  /// @param table has a valid `from`
  TableOptions table(Values table) {
    String from = table.get(MappingKeys.FROM);
    List<ColumnRule> rules = new ArrayList<>();
    Map<String, Place> written = new HashMap<>();
    for (Named<Values> column : table.find(MappingKeys.COLUMNS).orElse(List.of())) {
      rule(column)
          .ifPresent(rule -> {
            rules.add(rule);
            once(column.place(), rule, written);
          });
    }
    Map<String, String> discriminator = new LinkedHashMap<>();
    for (Named<String> column : table.find(MappingKeys.DISCRIMINATOR).orElse(List.of())) {
      discriminator.put(column.name(), column.value());
      twice(column.place(), column.name(), written);
    }
    return new TableOptions(
        from,
        table.find(MappingKeys.TO).orElse(from),
        rules,
        table.find(MappingKeys.WHERE).orElse(null),
        discriminator);
  }

  private void once(Place place, ColumnRule rule, Map<String, Place> written) {
    rule.targets().forEach(target -> twice(place, target, written));
  }

  private void twice(Place place, String target, Map<String, Place> written) {
    Place before = written.putIfAbsent(target, place);
    if (before != null) {
      findings.add(
          place,
          "the target's column '"
              + target
              + "' is written by line "
              + before.line()
              + ", column "
              + before.column()
              + " already; allowed: each column once");
    }
  }

  private Optional<ColumnRule> rule(Named<Values> column) {
    Values keys = column.value();
    String why = keys.find(Column.LOSSY).orElse("");
    if (why.equals("true") || why.equals("false")) {
      keys.placed(Column.LOSSY)
          .ifPresent(lossy ->
              findings.add(
                  lossy.place(),
                  "'"
                      + why
                      + "' does not say what is lost; allowed: a few words, such as \"names of"
                      + " three words\", or no lossy where nothing is lost"));
      return Optional.empty();
    }
    if (keys.find(Column.DROP).orElse(false)) {
      return dropped(column);
    }
    if (keys.placed(Column.SPLIT).isPresent() || keys.placed(Column.INTO).isPresent()) {
      return split(column);
    }
    if (keys.placed(Column.MERGE).isPresent()) {
      return merged(column);
    }
    if (keys.placed(Column.SQL).isPresent() || keys.placed(Column.INVERSE).isPresent()) {
      return expression(column);
    }
    return keys.placed(Column.DEFAULT).isPresent() && only(keys, Column.DEFAULT)
        ? keys.find(Column.DEFAULT).map(value -> new ColumnRule.Constant(column.name(), value))
        : copied(column);
  }

  private static boolean only(Values keys, Key<?>... allowed) {
    Set<Key<?>> known = Set.of(allowed);
    return Column.GROUP.keys().stream()
        .allMatch(key -> known.contains(key) || keys.placed(key).isEmpty());
  }

  /// Whether no other keys stand beside those of one kind of rule.
  private boolean alone(Named<Values> column, String kind, Key<?>... allowed) {
    if (only(column.value(), allowed)) {
      return true;
    }
    Set<Key<?>> known = Set.of(allowed);
    for (Key<?> key : Column.GROUP.keys()) {
      if (!known.contains(key)) {
        column
            .value()
            .placed(key)
            .ifPresent(placed ->
                findings.add(
                    placed.place(),
                    "'"
                        + key.name()
                        + "' does not go with '"
                        + kind
                        + "'; allowed beside it: "
                        + String.join(
                            ", ",
                            Column.GROUP.keys().stream()
                                .filter(known::contains)
                                .map(Key::name)
                                .filter(name -> !name.equals(kind))
                                .toList())));
      }
    }
    return false;
  }

  private Optional<ColumnRule> dropped(Named<Values> column) {
    if (!alone(column, "drop", Column.DROP, Column.LOSSY)) {
      return Optional.empty();
    }
    Optional<String> lossy = column.value().find(Column.LOSSY);
    if (lossy.isEmpty()) {
      findings.add(
          column.place(),
          "a column that is left behind must say what is lost; for example: lossy: \"nothing reads"
              + " it\"");
    }
    return lossy.map(why -> new ColumnRule.Dropped(column.name(), why));
  }

  private Optional<ColumnRule> split(Named<Values> column) {
    if (!alone(column, "split", Column.SPLIT, Column.INTO, Column.LOSSY)) {
      return Optional.empty();
    }
    Values keys = column.value();
    Optional<String> separator = separator(column, Column.SPLIT);
    Optional<List<String>> into = keys.find(Column.INTO).map(MappingBinding::texts);
    if (into.isEmpty()) {
      findings.add(column.place(), "a split needs its columns; for example: into: [first, last]");
    }
    return separator.isEmpty() || into.isEmpty() || into.get().size() < 2
        ? Optional.empty()
        : Optional.of(
            new ColumnRule.Split(column.name(), separator.get(), into.get(), lossy(keys)));
  }

  private Optional<ColumnRule> merged(Named<Values> column) {
    if (!alone(column, "merge", Column.MERGE, Column.FROM, Column.LOSSY)) {
      return Optional.empty();
    }
    Values keys = column.value();
    Optional<String> separator = separator(column, Column.MERGE);
    List<String> from = texts(keys.find(Column.FROM).orElse(List.of()));
    if (from.size() < 2) {
      findings.add(
          column.place(), "a merge needs two columns at least; for example: from: [first, last]");
    }
    return separator.isEmpty() || from.size() < 2
        ? Optional.empty()
        : Optional.of(new ColumnRule.Merged(from, separator.get(), column.name(), lossy(keys)));
  }

  private Optional<String> separator(Named<Values> column, Key<String> key) {
    Optional<Placed<String>> separator = column.value().placed(key);
    if (separator.isEmpty()) {
      findings.add(column.place(), "it is not said at what to split; for example: split: \" \"");
    } else if (separator.get().value().isEmpty()) {
      findings.add(separator.get().place(), "a separator has one character at least");
      return Optional.empty();
    }
    return separator.map(Placed::value);
  }

  private Optional<ColumnRule> expression(Named<Values> column) {
    if (!alone(column, "sql", Column.SQL, Column.INVERSE, Column.FROM, Column.LOSSY)) {
      return Optional.empty();
    }
    Values keys = column.value();
    Optional<String> sql = keys.find(Column.SQL);
    Optional<String> inverse = keys.find(Column.INVERSE);
    List<String> from =
        keys.find(Column.FROM).map(MappingBinding::texts).orElse(List.of(column.name()));
    String complaint =
        sql.isEmpty()
            ? "an inverse belongs to an expression; for example: sql: \"upper(code)\""
            : inverse.isPresent() && from.size() > 1
                ? "an inverse gives one column, and 'from' has "
                    + from.size()
                    + "; allowed: one column in from, or lossy in place of inverse"
                : inverse.isEmpty() && lossy(keys) == null
                    ? "an expression needs the one that takes it back, or says what is lost;"
                        + " allowed: inverse, lossy"
                    : "";
    if (!complaint.isEmpty()) {
      findings.add(column.place(), complaint);
      return Optional.empty();
    }
    return sql.map(text ->
        new ColumnRule.Expression(from, column.name(), text, inverse.orElse(null), lossy(keys)));
  }

  private Optional<ColumnRule> copied(Named<Values> column) {
    Values keys = column.value();
    Optional<Placed<List<Placed<String>>>> from = keys.placed(Column.FROM);
    Optional<Placed<String>> to = keys.placed(Column.TO);
    if (from.isPresent() && to.isPresent()) {
      findings.add(
          to.get().place(),
          "'from' says that '"
              + column.name()
              + "' is the target's column, and 'to' that it is the source's; allowed: one of the"
              + " two");
      return Optional.empty();
    }
    if (from.isPresent() && from.get().value().size() > 1) {
      findings.add(
          from.get().place(),
          "several columns become one by merge or sql; for example: merge: \" \"");
      return Optional.empty();
    }
    String source =
        from.flatMap(list -> list.value().stream().findFirst())
            .map(Placed::value)
            .orElse(column.name());
    return Optional.of(
        new ColumnRule.Copied(
            source,
            to.map(Placed::value).orElse(column.name()),
            keys.find(Column.CONVERT).orElse(null),
            keys.find(Column.DEFAULT).orElse(null),
            keys.find(Column.ID_MAP).orElse(null),
            lossy(keys)));
  }

  private static @Nullable String lossy(Values keys) {
    return keys.find(Column.LOSSY).orElse(null);
  }

  private static List<String> texts(List<Placed<String>> placed) {
    return placed.stream().map(Placed::value).toList();
  }
}
