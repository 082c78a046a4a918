package dev.banyan.transfer.mapping;

import dev.banyan.transfer.engine.Expressions;
import dev.banyan.transfer.engine.Expressions.Expression;
import dev.banyan.transfer.engine.Finding;
import dev.banyan.transfer.options.ColumnRule;
import dev.banyan.transfer.table.Column;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.Type.Kind;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Makes a lens of a declared rule, or says what keeps it from being one.
final class ColumnDraft {
  private final Table source;
  private final boolean sameEngine;
  private final Draft.Asked asked;
  private final List<Finding> findings;

  ColumnDraft(Table source, Draft.Asked asked, List<Finding> findings) {
    this.source = source;
    this.sameEngine = asked.sameEngine();
    this.asked = asked;
    this.findings = findings;
  }

  /// @param into the target's columns that the rule fills
  /// @param to where they stand in the row
  Optional<Lens> lens(ColumnRule rule, List<Column> into, int[] to) throws SQLException {
    try {
      return switch (rule) {
        case ColumnRule.Copied copied -> copied(copied, into.getFirst(), to[0]);
        case ColumnRule.Split split -> split(split, into, to);
        case ColumnRule.Merged merged -> merged(merged, into.getFirst(), to[0]);
        case ColumnRule.Constant constant -> {
          Column column = into.getFirst();
          yield Optional.of(
              new Lens.Fixed(to[0], Literal.of(column.name(), column.type(), constant.value())));
        }
        case ColumnRule.Expression expression -> computed(expression, into.getFirst(), to[0]);
        case ColumnRule.Dropped dropped -> Optional.empty();
      };
    } catch (IllegalArgumentException e) {
      String says = e.getMessage();
      block("value", String.join(", ", rule.targets()), says == null ? "not understood" : says);
      return Optional.empty();
    }
  }

  private Optional<Lens> copied(ColumnRule.Copied rule, Column into, int to) {
    int from = source.indexOf(rule.source());
    Column column = source.columns().get(from);
    if (rule.idMap() != null) {
      return idMap(rule.idMap(), from, to);
    }
    Hints hints = Hints.parse(rule.convert());
    Found found = Conversions.find(column.type(), into.type(), hints);
    if (!(found instanceof Conversion conversion)) {
      if (found instanceof Found.None none) {
        block("no-conversion", rule.source(), none.says());
      }
      return Optional.empty();
    }
    boolean lossy = rule.lossy() != null;
    boolean loses = conversion.loss() == Conversion.Loss.CERTAIN || hints.zeroDates() != null;
    if (loses && !lossy) {
      block(
          "lossy",
          rule.source(),
          conversion.name()
              + " loses something of most values: declare `lossy: what is lost`, or `convert:"
              + " exact`, which refuses rows that would lose it");
    }
    Optional<Fit> fit = Fit.narrower(column.type(), into.type());
    fit.ifPresent(narrow -> narrower(column, into, narrow));
    @Nullable Object standard =
        rule.standard() == null ? null : Literal.of(into.name(), into.type(), rule.standard());
    if (column.nullable() && !into.nullable() && standard == null) {
      note(
          "not-null",
          rule.source(),
          "may be NULL, and "
              + into.name()
              + " takes none: such a row stops the table. Declare `"
              + rule.source()
              + ": { to: "
              + into.name()
              + ", default: value }`");
    }
    return Optional.of(lens(from, to, column, into, conversion, fit, hints, lossy, standard));
  }

  private Lens lens(
      int from,
      int to,
      Column column,
      Column into,
      Conversion conversion,
      Optional<Fit> fit,
      Hints hints,
      boolean lossy,
      @Nullable Object standard) {
    boolean kept = sameEngine && column.type().kind() == into.type().kind();
    boolean plain =
        conversion.copies()
            && fit.isEmpty()
            && standard == null
            && (kept || !hasSpecials(column.type().kind()));
    if (plain) {
      return new Lens.Copy(from, to);
    }
    boolean tried = conversion.loss() == Conversion.Loss.TRIED && (!lossy || hints.exact());
    boolean standardTried = standard != null && column.nullable() && !lossy;
    return new Lens.Converted(
        from,
        to,
        conversion,
        tried || standardTried,
        fit.orElse(null),
        new Lens.Specials(kept, zeroDates(hints, into)),
        standard,
        column.nullable());
  }

  private static boolean hasSpecials(Kind kind) {
    return switch (kind) {
      case DATE, TIME, TIME_TZ, TIMESTAMP, TIMESTAMP_TZ, DECIMAL -> true;
      default -> false;
    };
  }

  private static Lens.Specials.@Nullable ZeroDates zeroDates(Hints hints, Column into) {
    String text = hints.zeroDates();
    if (text == null) {
      return null;
    }
    return new Lens.Specials.ZeroDates(
        text.isEmpty() ? null : Literal.of(into.name(), into.type(), text));
  }

  private Optional<Lens> idMap(String name, int from, int to) {
    IdMaps maps = asked.maps();
    IdMap map = asked.named().get(name);
    if (maps == null || map == null) {
      block(
          "id-map",
          name,
          "ids are mapped, and no map can be kept here: both sides are PostgreSQL, MariaDB or"
              + " MySQL");
      return Optional.empty();
    }
    return Optional.of(new Mapped(from, to, map, maps));
  }

  private Optional<Lens> computed(ColumnRule.Expression rule, Column into, int to)
      throws SQLException {
    int[] from = rule.sources().stream().mapToInt(source::indexOf).toArray();
    List<Column> inputs = rule.sources().stream().map(source::column).toList();
    Expression forward = new Expression(inputs, rule.sql(), into.type());
    boolean sound = sound("sql", rule, asked.source(), forward);
    Expression back = null;
    if (rule.inverse() != null) {
      back = new Expression(List.of(into), rule.inverse(), inputs.getFirst().type());
      sound &= sound("inverse", rule, asked.target(), back);
    }
    Fit fit =
        into.type().length() == 0
            ? null
            : new Fit(into.type(), "`" + Conversions.spelled(into.type()) + "`");
    return sound
        ? Optional.of(
            new Computed(
                from,
                to,
                new Computing(
                    asked.source(), forward, asked.target(), back, rule.lossy() == null, fit)))
        : Optional.empty();
  }

  private boolean sound(
      String word, ColumnRule.Expression rule, Expressions where, Expression expression)
      throws SQLException {
    Optional<String> refusal = where.refusal(expression);
    refusal.ifPresent(why ->
        block("sql", rule.target(), "`" + word + ": " + expression.sql() + "` is refused: " + why));
    return refusal.isEmpty();
  }

  private Optional<Lens> split(ColumnRule.Split rule, List<Column> into, int[] to) {
    int from = source.indexOf(rule.source());
    Column column = source.columns().get(from);
    List<Column> all = new ArrayList<>(into);
    all.add(column);
    if (!areText(all, "split")) {
      return Optional.empty();
    }
    boolean lossy = rule.lossy() != null;
    boolean padded = into.stream().anyMatch(each -> each.type().kind() == Kind.CHAR);
    boolean full = into.stream().skip(1).anyMatch(each -> !each.nullable());
    if ((full || padded) && !lossy) {
      note(
          "split",
          rule.source(),
          padded
              ? "is split into CHAR, which keeps no blanks at its end: a part that has them stops"
                  + " the table"
              : "is split, and where there are too few parts the rest is NULL, which not all"
                  + " columns take: such a row stops the table. Declare `lossy` and they become"
                  + " empty");
    }
    @Nullable Fit[] fits = new Fit[to.length];
    for (int i = 0; i < to.length; i++) {
      Column part = into.get(i);
      Optional<Fit> fit = Fit.narrower(column.type(), part.type());
      fit.ifPresent(narrow -> narrower(column, part, narrow));
      fits[i] = fit.orElse(null);
    }
    return Optional.of(
        new Lens.Split(from, rule.separator(), to, fits, !lossy, full && lossy ? "" : null));
  }

  private Optional<Lens> merged(ColumnRule.Merged rule, Column into, int to) {
    int[] from = rule.sources().stream().mapToInt(source::indexOf).toArray();
    List<Column> all = new ArrayList<>();
    for (int column : from) {
      all.add(source.columns().get(column));
    }
    all.add(into);
    if (!areText(all, "merge")) {
      return Optional.empty();
    }
    Optional<Fit> fit =
        into.type().length() == 0
            ? Optional.empty()
            : Optional.of(new Fit(into.type(), into.type().length() + " characters"));
    return Optional.of(
        new Lens.Merge(from, rule.separator(), to, fit.orElse(null), rule.lossy() == null));
  }

  private boolean areText(List<Column> columns, String rule) {
    boolean text = true;
    for (Column column : columns) {
      if (column.type().kind() != Kind.TEXT && column.type().kind() != Kind.CHAR) {
        block(
            "no-conversion",
            column.name(),
            "`" + rule + "` is for text, and this is " + Conversions.spelled(column.type()));
        text = false;
      }
    }
    return text;
  }

  private void narrower(Column column, Column into, Fit fit) {
    note(
        "narrower",
        column.name(),
        Conversions.spelled(column.type())
            + " goes into "
            + into.name()
            + ", which has "
            + fit.says()
            + ": a value that does not fit stops the table, and is never cut");
  }

  private void block(String code, String column, String says) {
    findings.add(new Finding(true, code, subject(column), says));
  }

  private void note(String code, String column, String says) {
    findings.add(new Finding(false, code, subject(column), says));
  }

  private String subject(String column) {
    return source.name() + "." + column;
  }
}
