package dev.banyan.transfer.mapping;

import dev.banyan.transfer.engine.Finding;
import dev.banyan.transfer.mapping.TableMapping.Facts;
import dev.banyan.transfer.mapping.TableMapping.Share;
import dev.banyan.transfer.options.ColumnRule;
import dev.banyan.transfer.options.TableOptions;
import dev.banyan.transfer.table.Column;
import dev.banyan.transfer.table.Table;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// One pair of tables while its mapping is being made.
final class TableDraft {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private final TableOptions declared;
  private final Table source;
  private final Table target;
  private final boolean sameEngine;
  private final List<Finding> findings;
  private final ColumnDraft columns;

  private final List<Lens> lenses = new ArrayList<>();
  private final List<Column> written = new ArrayList<>();
  private final Set<String> left = new LinkedHashSet<>();
  private final boolean[] given;
  private final List<Share> shares = new ArrayList<>();
  private Condition condition = new Condition.Always();
  private String sourceWhere = "";
  private String targetWhere = "";

  TableDraft(
      TableOptions declared,
      Table source,
      Table target,
      Draft.Asked asked,
      List<Finding> findings) {
    this.declared = declared;
    this.source = source;
    this.target = target;
    this.sameEngine = asked.sameEngine();
    this.findings = findings;
    this.columns = new ColumnDraft(source, asked, findings);
    this.given = new boolean[source.columns().size()];
  }

  Table source() {
    return source;
  }

  Table target() {
    return target;
  }

  /// The source's columns that nothing takes.
  Set<String> left() {
    return left;
  }

  Map<String, String> shares() {
    return declared.discriminator();
  }

  void build() throws SQLException {
    List<ColumnRule> sound = declared.columns().stream().filter(this::namesExist).toList();
    Set<String> filled = new LinkedHashSet<>(declared.discriminator().keySet());
    sound.forEach(rule -> rule.targets().forEach(name -> claim(name, filled)));
    rules(sound, filled);
    declared.discriminator().forEach(this::discriminate);
    filter();
    unfilled();
    keys();
    noWayBack();
  }

  private void claim(String name, Set<String> filled) {
    if (!filled.add(name)) {
      block("column-twice", target.name() + "." + name, "two rules fill this column; keep one");
    }
  }

  private boolean namesExist(ColumnRule rule) {
    boolean exist = true;
    for (String name : rule.sources()) {
      exist &= exists(source, name, "source");
    }
    for (String name : rule.targets()) {
      exist &= exists(target, name, "target");
    }
    return exist;
  }

  private boolean exists(Table table, String name, String side) {
    boolean exists = table.columns().stream().anyMatch(column -> column.name().equals(name));
    if (!exists) {
      block(
          "no-column",
          table.name() + "." + name,
          "there is no column " + name + " on the " + side + "; the rule that names it is wrong");
    }
    return exists;
  }

  /// In the order of the source's columns, so that a table that goes over as it is keeps its order.
  private void rules(List<ColumnRule> rules, Set<String> filled) throws SQLException {
    Map<String, List<ColumnRule>> bySource = new LinkedHashMap<>();
    for (ColumnRule rule : rules) {
      rule.sources().stream()
          .findFirst()
          .ifPresent(name -> bySource.computeIfAbsent(name, n -> new ArrayList<>()).add(rule));
    }
    Set<String> named = new LinkedHashSet<>();
    rules.forEach(rule -> named.addAll(taken(rule, filled)));
    for (Column column : source.columns()) {
      for (ColumnRule rule : bySource.getOrDefault(column.name(), List.of())) {
        apply(rule);
      }
      if (!named.contains(column.name())) {
        sameName(column, filled);
      }
    }
    for (ColumnRule rule : rules) {
      if (rule.sources().isEmpty()) {
        apply(rule);
      }
    }
  }

  /// The source's columns that a rule is for. An expression that gives none back only reads them:
  /// they keep their names beside it, where nothing else fills the target's column.
  private List<String> taken(ColumnRule rule, Set<String> filled) {
    boolean reads = rule instanceof ColumnRule.Expression made && made.inverse() == null;
    return rule.sources().stream().filter(name -> !reads || !free(name, filled)).toList();
  }

  private boolean free(String name, Set<String> filled) {
    return target.columns().stream().anyMatch(column -> column.name().equals(name))
        && !filled.contains(name);
  }

  private void sameName(Column column, Set<String> filled) throws SQLException {
    boolean there = target.columns().stream().anyMatch(other -> other.name().equals(column.name()));
    if (there && filled.add(column.name())) {
      apply(new ColumnRule.Copied(column.name(), column.name(), null, null, null, null));
    } else if (!column.generated()) {
      left.add(column.name());
    }
  }

  private void apply(ColumnRule rule) throws SQLException {
    if (rule instanceof ColumnRule.Dropped) {
      return;
    }
    int[] to = rule.targets().stream().mapToInt(name -> place(target.column(name))).toArray();
    columns
        .lens(rule, rule.targets().stream().map(target::column).toList(), to)
        .ifPresent(this::add);
  }

  private int place(Column column) {
    written.add(column);
    return written.size() - 1;
  }

  private void add(Lens lens) {
    lenses.add(lens);
    for (int column : lens.given()) {
      given[column] = true;
    }
  }

  private void discriminate(String name, String value) {
    if (!exists(target, name, "target")) {
      return;
    }
    Column column = target.column(name);
    try {
      Object cell = Literal.of(name, column.type(), value);
      int to = place(column);
      lenses.add(new Lens.Fixed(to, cell));
      shares.add(new Share(to, cell));
      targetWhere +=
          (targetWhere.isEmpty() ? "" : " and ") + name + " = " + Literal.sql(column.type(), value);
    } catch (IllegalArgumentException e) {
      block("discriminator", target.name() + "." + name, e.getMessage());
    }
    if (!PLAIN.matcher(name).matches()) {
      block(
          "discriminator",
          target.name() + "." + name,
          "a discriminator's column has a name of letters, digits and _, since it is written into"
              + " SQL");
    }
  }

  private void filter() {
    String where = declared.where();
    if (where == null) {
      return;
    }
    try {
      ConditionParser.Parsed parsed = ConditionParser.parse(where, source);
      condition = parsed.condition();
      sourceWhere = parsed.alike() ? where : "";
      if (!parsed.alike()) {
        findings.add(
            new Finding(
                false,
                "where-here",
                source.name().toString(),
                "`where` compares values that the database may compare in another way, such as text"
                    + " by a collation: all rows are read, and tried byte for byte by banyan"));
      }
    } catch (IllegalArgumentException e) {
      block("where", source.name().toString(), e.getMessage());
    }
  }

  private void unfilled() {
    for (Column column : target.columns()) {
      if (!written.contains(column) && !column.optional()) {
        block(
            "not-filled",
            target.name() + "." + column.name(),
            "nothing fills this column, and it takes no NULL and has no default: declare `"
                + column.name()
                + ": { default: value }`");
      }
    }
  }

  private void keys() {
    if (source.key().isEmpty() || target.key().isEmpty()) {
      Table without = source.key().isEmpty() ? source : target;
      block(
          "no-key",
          without.name().toString(),
          "the table has no primary key and no unique index without NULLs: its rows can not be told"
              + " apart; add one");
      return;
    }
    Set<String> used = new LinkedHashSet<>();
    for (String name : target.key()) {
      keyColumn(name, used);
    }
    for (String name : source.key()) {
      if (!used.contains(name)) {
        block(
            "key-not-unique",
            target.name().toString(),
            name
                + " is of the source's key and not of the target's: two rows would become one; add"
                + " it to the target's key");
      }
    }
  }

  private void keyColumn(String name, Set<String> used) {
    int at = written.indexOf(target.column(name));
    for (Lens lens : lenses) {
      if (at < 0 || !TableMapping.feeds(lens, new int[] {at})) {
        continue;
      }
      for (int from : lens.sources()) {
        String column = source.columns().get(from).name();
        used.add(column);
        if (!source.key().contains(column)) {
          block(
              "key-of-other",
              target.name() + "." + name,
              "is of the target's key and made of "
                  + column
                  + ", which is not of the source's: a"
                  + " deleted row could not be found");
        }
      }
      if (lens instanceof Computed) {
        block(
            "key-sql",
            target.name() + "." + name,
            "a column of the key is not made by an expression: a deleted row is known by its key"
                + " alone; keep the key, or convert it");
      } else if (!lens.lossless()) {
        block(
            "key-lossy",
            target.name() + "." + name,
            "a column of the key loses nothing on the way; declare it without `lossy`");
      }
      return;
    }
    block(
        "key-not-filled",
        target.name() + "." + name,
        "is of the target's key, and the mapping does not fill it");
  }

  private void noWayBack() {
    for (int i = 0; i < given.length; i++) {
      Column column = source.columns().get(i);
      if (!given[i] && !left.contains(column.name()) && !column.optional()) {
        findings.add(
            new Finding(
                false,
                "no-way-back",
                source.name() + "." + column.name(),
                "is left behind, takes no NULL and has no default: rows that begin on the target"
                    + " can not be brought back to the source"));
      }
    }
  }

  private void block(String code, String subject, @Nullable String says) {
    findings.add(new Finding(true, code, subject, says == null ? code : says));
  }

  /// Whether both may take the same row of one source table, each a part of its columns.
  boolean splits(TableDraft other) {
    return source.name().equals(other.source.name())
        && Overlap.of(condition, other.condition).both();
  }

  /// Whether the other takes all rows of one source table that this does, and more.
  boolean isPartOf(TableDraft other) {
    Overlap overlap = Overlap.of(condition, other.condition);
    return splits(other) && overlap.within() && !overlap.around();
  }

  /// The columns without which no row can be made, that another part of it gives back and this does
  /// not.
  List<String> lacking(TableDraft other) {
    return IntStream.range(0, given.length)
        .filter(i -> !given[i] && other.given[i] && !source.columns().get(i).optional())
        .mapToObj(i -> source.columns().get(i).name())
        .toList();
  }

  /// @param decides whether a target row that is gone says that the source's is
  TableMapping mapping(boolean decides) {
    Table to = new Table(target.name(), written, target.key(), target.rows(), target.bytes());
    int[] key = Arrays.stream(to.keyIndexes()).toArray();
    boolean ordered = KeyOrder.same(source, to, lenses, key, sameEngine);
    return new TableMapping(
        source,
        to,
        target,
        lenses,
        condition,
        shares,
        new Facts(
            sourceWhere,
            targetWhere,
            ordered,
            plain(to),
            identity(to),
            given,
            decides,
            canonical(to)));
  }

  /// Both databases have the same cells, and SQL tells which rows are meant.
  private boolean plain(Table to) {
    return sameEngine
        && (condition instanceof Condition.Always || !sourceWhere.isEmpty())
        && lenses.stream()
            .allMatch(lens ->
                lens instanceof Lens.Copy copy
                    && source
                        .columns()
                        .get(copy.from())
                        .type()
                        .equals(to.columns().get(copy.to()).type()));
  }

  private boolean identity(Table to) {
    boolean same =
        plain(to)
            && to.columns().size() == source.columns().size()
            && lenses.size() == source.columns().size();
    for (int i = 0; same && i < lenses.size(); i++) {
      same =
          lenses.get(i) instanceof Lens.Copy copy
              && copy.from() == i
              && copy.to() == i
              && !source.columns().get(i).generated()
              && !to.columns().get(i).generated();
    }
    return same;
  }

  private String canonical(Table to) {
    StringBuilder text = new StringBuilder();
    text.append(source.name()).append(" -> ").append(to.name()).append('\n');
    text.append("keys ").append(source.key()).append(" -> ").append(to.key()).append('\n');
    text.append("where ").append(declared.where()).append('\n');
    text.append("discriminator ").append(declared.discriminator()).append('\n');
    for (Lens lens : lenses) {
      for (int from : lens.sources()) {
        text.append(spelled(source.columns().get(from))).append(' ');
      }
      text.append("->");
      for (int into : lens.targets()) {
        text.append(' ').append(spelled(to.columns().get(into)));
      }
      text.append(": ").append(lens.says()).append('\n');
    }
    return text.toString();
  }

  private static String spelled(Column column) {
    return column.name() + " (" + column.type().declared() + ")";
  }
}
