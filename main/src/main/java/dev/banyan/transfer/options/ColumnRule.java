package dev.banyan.transfer.options;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What becomes of one column, where it does not simply keep its name. Names are as declared: that
/// the columns exist, and that types fit, is not known here.
///
/// A rule is a two-way lens unless [#lossy] says what is lost on the way.
public sealed interface ColumnRule {
  /// The source's columns that the rule reads; none for a constant.
  List<String> sources();

  /// The target's columns that the rule writes; none for a column that is left behind.
  List<String> targets();

  /// What can not be brought back, in the words of whoever declared it, or null where nothing may
  /// be lost.
  @Nullable String lossy();

  /// One column becomes one column: `user_id: id`, `created: { from: created_at }`.
  ///
  /// @param convert refines the conversion that the two types imply, such as `zone Europe/Berlin`,
  ///   or null
  /// @param standard what stands for NULL on the target, as text, or null to keep NULL
  /// @param idMap the map, kept in the target, that gives each value another one, or null
  record Copied(
      String source,
      String target,
      @Nullable String convert,
      @Nullable String standard,
      @Nullable String idMap,
      @Nullable String lossy)
      implements ColumnRule {
    public Copied {
      Objects.requireNonNull(source);
      Objects.requireNonNull(target);
    }

    @Override
    public List<String> sources() {
      return List.of(source);
    }

    @Override
    public List<String> targets() {
      return List.of(target);
    }
  }

  /// One column becomes several: `full_name: { split: " ", into: [first, last] }`. The last takes
  /// all that is left.
  record Split(String source, String separator, List<String> targets, @Nullable String lossy)
      implements ColumnRule {
    public Split {
      Objects.requireNonNull(source);
      targets = List.copyOf(targets);
      if (separator.isEmpty() || targets.size() < 2) {
        throw new IllegalArgumentException("a split needs a separator and two columns at least");
      }
    }

    @Override
    public List<String> sources() {
      return List.of(source);
    }
  }

  /// Several columns become one: `full_name: { merge: " ", from: [first, last] }`.
  record Merged(List<String> sources, String separator, String target, @Nullable String lossy)
      implements ColumnRule {
    public Merged {
      Objects.requireNonNull(target);
      sources = List.copyOf(sources);
      if (separator.isEmpty() || sources.size() < 2) {
        throw new IllegalArgumentException("a merge needs a separator and two columns at least");
      }
    }

    @Override
    public List<String> targets() {
      return List.of(target);
    }
  }

  /// A column that the source does not have: `status: { default: active }`.
  ///
  /// @param value as text
  record Constant(String target, String value) implements ColumnRule {
    public Constant {
      Objects.requireNonNull(target);
      Objects.requireNonNull(value);
    }

    @Override
    public List<String> sources() {
      return List.of();
    }

    @Override
    public List<String> targets() {
      return List.of(target);
    }

    @Override
    public @Nullable String lossy() {
      return null;
    }
  }

  /// An expression over columns of the source: `code: { from: code, sql: "upper(code)", inverse:
  /// "lower(code)" }`.
  ///
  /// @param sources the columns that the expression names
  /// @param sql in the source's SQL, over `sources`
  /// @param inverse in the target's SQL, over `target`, giving the one source; null where the rule
  ///   is lossy
  record Expression(
      List<String> sources,
      String target,
      String sql,
      @Nullable String inverse,
      @Nullable String lossy)
      implements ColumnRule {
    public Expression {
      Objects.requireNonNull(target);
      Objects.requireNonNull(sql);
      sources = List.copyOf(sources);
      if (inverse == null && lossy == null) {
        throw new IllegalArgumentException("an expression has an inverse, or says what is lost");
      }
      if (sources.isEmpty() || (inverse != null && sources.size() != 1)) {
        throw new IllegalArgumentException("an inverse gives one column, of those that are named");
      }
    }

    @Override
    public List<String> targets() {
      return List.of(target);
    }
  }

  /// A column that the target does not get: `legacy_flag: { drop: true, lossy: "not used" }`.
  record Dropped(String source, String lossy) implements ColumnRule {
    public Dropped {
      Objects.requireNonNull(source);
      Objects.requireNonNull(lossy);
    }

    @Override
    public List<String> sources() {
      return List.of(source);
    }

    @Override
    public List<String> targets() {
      return List.of();
    }
  }
}
