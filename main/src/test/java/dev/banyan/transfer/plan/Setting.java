package dev.banyan.transfer.plan;

import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Position;
import dev.banyan.transfer.table.Range;
import dev.banyan.transfer.table.TableName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How a [BackfillWorld] is set up.
///
/// @param target what is on the target before anything is copied
/// @param two key 2 is in a table of its own
/// @param observes what is visible is looked at whenever something is written
/// @param poison the target refuses rows of version 1 until it is mended
record Setting(
    Rules rules,
    Hands hands,
    List<Log.Op> menu,
    int transactions,
    int crashes,
    Rows source,
    Rows target,
    boolean ordered,
    boolean two,
    boolean observes,
    boolean poison,
    boolean cuts,
    boolean takeover) {
  /// How writes are carried out.
  interface Hands {
    /// One transaction.
    default List<BackfillWorld.Effect> chunk(
        List<int[]> copied, List<int[]> buffered, Map<String, String> remember) {
      List<int[]> all = new java.util.ArrayList<>(copied);
      all.addAll(buffered);
      return List.of(new BackfillWorld.Effect(all, remember));
    }

    default List<BackfillWorld.Effect> batch(BackfillWorld.Effect whole) {
      return List.of(whole);
    }

    /// Whether what is on the target of a key stays there when its range is copied: the range is
    /// deleted, or, where ranges can not be told apart, the keys that are copied.
    default boolean leaves(Rows target, Rows snapshot, int key, boolean ordered) {
      return !ordered && !snapshot.present(key) && target.present(key);
    }

    default boolean checksEpoch() {
      return true;
    }

    /// What the source is told to forget.
    ///
    /// @param remembered what the plan said when it was remembered last
    default Position acknowledges(Position remembered, Plan now) {
      return remembered;
    }

    default boolean skips() {
      return false;
    }
  }

  private static final TableName FIRST = new TableName("shop", "orders");
  private static final TableName SECOND = new TableName("shop", "accounts");

  /// One table whose keys are ordered, with a row on either side that the other does not have.
  static Setting of(int transactions) {
    return new Setting(
        Rules.ALL,
        new Hands() {},
        List.of(Log.Op.values()),
        transactions,
        1,
        Rows.NONE.put(1, 0),
        Rows.NONE.put(2, 0),
        true,
        false,
        true,
        false,
        false,
        false);
  }

  Setting rules(Rules other) {
    return new Setting(
        other,
        hands,
        menu,
        transactions,
        crashes,
        source,
        target,
        ordered,
        two,
        observes,
        poison,
        cuts,
        takeover);
  }

  Setting hands(Hands other) {
    return new Setting(
        rules,
        other,
        menu,
        transactions,
        crashes,
        source,
        target,
        ordered,
        two,
        observes,
        poison,
        cuts,
        takeover);
  }

  Setting menu(Log.Op... ops) {
    return new Setting(
        rules,
        hands,
        List.of(ops),
        transactions,
        crashes,
        source,
        target,
        ordered,
        two,
        observes,
        poison,
        cuts,
        takeover);
  }

  Setting crashes(int number) {
    return new Setting(
        rules,
        hands,
        menu,
        transactions,
        number,
        source,
        target,
        ordered,
        two,
        observes,
        poison,
        cuts,
        takeover);
  }

  Setting emptyTarget() {
    return new Setting(
        rules,
        hands,
        menu,
        transactions,
        crashes,
        source,
        Rows.NONE,
        ordered,
        two,
        observes,
        poison,
        cuts,
        takeover);
  }

  Setting unordered() {
    return new Setting(
        rules,
        hands,
        menu,
        transactions,
        crashes,
        source,
        Rows.NONE,
        false,
        two,
        observes,
        poison,
        cuts,
        takeover);
  }

  Setting unobserved() {
    return new Setting(
        rules,
        hands,
        menu,
        transactions,
        crashes,
        source,
        target,
        ordered,
        two,
        false,
        poison,
        cuts,
        takeover);
  }

  Setting twoTables() {
    return new Setting(
        rules,
        hands,
        menu,
        transactions,
        crashes,
        source,
        target,
        ordered,
        true,
        observes,
        poison,
        cuts,
        takeover);
  }

  Setting poisoned() {
    return new Setting(
        rules,
        hands,
        menu,
        transactions,
        crashes,
        source,
        target,
        ordered,
        two,
        observes,
        true,
        cuts,
        takeover);
  }

  Setting withTakeover() {
    return new Setting(
        rules,
        hands,
        menu,
        transactions,
        crashes,
        source,
        target,
        ordered,
        two,
        observes,
        poison,
        cuts,
        true);
  }

  Setting withCuts() {
    return new Setting(
        rules,
        hands,
        menu,
        transactions,
        crashes,
        source,
        target,
        ordered,
        two,
        observes,
        poison,
        true,
        takeover);
  }

  TableName table(int key) {
    return two && key == 2 ? SECOND : FIRST;
  }

  List<TableName> tables() {
    return two ? List.of(FIRST, SECOND) : List.of(FIRST);
  }

  Plan.Scope scope() {
    Map<TableName, Boolean> tables = new HashMap<>();
    tables().forEach(table -> tables.put(table, ordered));
    return new Plan.Scope(tables, _ -> false);
  }

  /// The next chunk of what is ahead.
  Range chunk(Range ahead) {
    Optional<Key> one = Optional.of(Key.of(1L));
    return two || ahead.after().equals(one) || ahead.upTo().equals(one)
        ? ahead
        : new Range(ahead.after(), one);
  }
}
