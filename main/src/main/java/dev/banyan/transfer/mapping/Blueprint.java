package dev.banyan.transfer.mapping;

import dev.banyan.transfer.options.ColumnRule;
import dev.banyan.transfer.options.TableOptions;
import dev.banyan.transfer.table.Column;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import dev.banyan.transfer.table.Type;
import dev.banyan.transfer.table.Type.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A table of the target that is not there yet, as the rules that fill it want it.
///
/// @param guesses the columns whose type no rule says, and where each comes from; for people
public record Blueprint(Table table, List<String> guesses) {
  private static final int SHORT = 255;
  private static final int LONG_BYTES = 8;

  public Blueprint {
    guesses = List.copyOf(guesses);
  }

  /// A table of the source, and what is declared of it.
  public record Part(TableOptions declared, Table source) {}

  /// @param parts those that go into it, one at least
  public static Blueprint of(TableName name, List<Part> parts) {
    Drawing drawing = new Drawing();
    parts.forEach(drawing::add);
    Table first = parts.getFirst().source();
    return new Blueprint(
        new Table(
            name,
            List.copyOf(drawing.columns.values()),
            drawing.key(parts.getFirst()),
            first.rows(),
            first.bytes()),
        drawing.guesses);
  }

  /// While it is being made. A column that two parts have is as the first has it.
  private static final class Drawing {
    private final Map<String, Column> columns = new LinkedHashMap<>();
    private final List<String> guesses = new ArrayList<>();

    void add(Part part) {
      // A rule that names a column that is not there is wrong, and said to be so.
      List<String> there = part.source().columns().stream().map(Column::name).toList();
      List<ColumnRule> rules =
          part.declared().columns().stream()
              .filter(rule -> there.containsAll(rule.sources()))
              .toList();
      Set<String> filled = new LinkedHashSet<>(part.declared().discriminator().keySet());
      rules.forEach(rule -> filled.addAll(rule.targets()));
      Set<String> taken =
          rules.stream()
              .filter(rule -> !readsOnly(rule))
              .flatMap(rule -> rule.sources().stream())
              .collect(Collectors.toSet());
      for (Column column : part.source().columns()) {
        rules.stream()
            .filter(rule -> rule.sources().stream().findFirst().equals(Optional.of(column.name())))
            .forEach(rule -> made(rule, part.source(), column));
        if (!taken.contains(column.name()) && !filled.contains(column.name())) {
          columns.putIfAbsent(column.name(), column);
        }
      }
      rules.stream()
          .filter(ColumnRule.Constant.class::isInstance)
          .forEach(rule -> made(rule, part.source(), null));
      part.declared().discriminator().forEach(this::constant);
    }

    private static boolean readsOnly(ColumnRule rule) {
      return rule instanceof ColumnRule.Expression made && made.inverse() == null;
    }

    private void made(ColumnRule rule, Table source, @Nullable Column first) {
      switch (rule) {
        case ColumnRule.Copied copied -> copied(copied, source.column(copied.source()));
        case ColumnRule.Split split -> split(split, source.column(split.source()));
        case ColumnRule.Merged merged -> merged(merged, source);
        case ColumnRule.Constant constant -> constant(constant.target(), constant.value());
        case ColumnRule.Expression made -> {
          if (first != null) {
            guessed(made.target(), first, "`" + made.sql() + "`");
          }
        }
        case ColumnRule.Dropped _ -> {}
      }
    }

    private void copied(ColumnRule.Copied rule, Column column) {
      boolean nullable = column.nullable() && rule.standard() == null;
      Column as = named(rule.target(), column.type(), nullable, column);
      if (rule.convert() != null) {
        guessed(rule.target(), as, column.name() + ", converted: " + rule.convert());
      } else if (rule.idMap() != null) {
        guessed(rule.target(), as, column.name() + ", by the pairs of " + rule.idMap());
      } else {
        columns.putIfAbsent(rule.target(), as);
      }
    }

    private void split(ColumnRule.Split rule, Column column) {
      for (String part : rule.targets()) {
        boolean always = part.equals(rule.targets().getFirst());
        columns.putIfAbsent(part, named(part, column.type(), column.nullable() || !always, column));
      }
    }

    private void merged(ColumnRule.Merged rule, Table source) {
      List<Column> from = rule.sources().stream().map(source::column).toList();
      boolean bounded = from.stream().allMatch(each -> each.type().length() > 0);
      int length = from.stream().mapToInt(each -> each.type().length()).sum();
      int separators = rule.separator().length() * (from.size() - 1);
      Type type = new Type(Kind.TEXT, bounded ? length + separators : 0, -1, "text");
      boolean nullable = from.stream().allMatch(Column::nullable);
      columns.putIfAbsent(rule.target(), named(rule.target(), type, nullable, from.getFirst()));
    }

    private void constant(String target, String value) {
      Type type =
          value.matches("-?\\d{1,18}")
              ? new Type(Kind.INTEGER, LONG_BYTES, -1, "bigint")
              : new Type(Kind.TEXT, SHORT, -1, "text");
      guessed(
          target,
          new Column(target, type, false, false, false, true),
          "the same in every row: " + value);
    }

    private void guessed(String target, Column like, String from) {
      Column as = named(target, like.type(), like.nullable(), like);
      if (columns.putIfAbsent(target, as) == null) {
        guesses.add(target + ": " + from);
      }
    }

    private static Column named(String name, Type type, boolean nullable, Column like) {
      return new Column(name, type, nullable, false, like.identity(), like.binary());
    }

    /// Where the key's columns went, and what tells the rows of several tables apart. Empty where a
    /// column of the key went nowhere whole.
    List<String> key(Part part) {
      List<String> key = new ArrayList<>();
      for (String name : part.source().key()) {
        String at = place(part.declared(), name);
        if (at.isEmpty() || !columns.containsKey(at)) {
          return List.of();
        }
        key.add(at);
      }
      if (!key.isEmpty()) {
        key.addAll(part.declared().discriminator().keySet());
      }
      return key;
    }

    private static String place(TableOptions declared, String column) {
      for (ColumnRule rule : declared.columns()) {
        if (rule.sources().contains(column) && !readsOnly(rule)) {
          return rule instanceof ColumnRule.Copied copied ? copied.target() : "";
        }
      }
      return column;
    }
  }
}
