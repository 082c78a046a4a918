package dev.banyan.transfer.plan;

import dev.banyan.transfer.table.Change;
import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Range;
import dev.banyan.transfer.table.SnapshotToken;
import dev.banyan.transfer.table.TableName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A source that is written to, a target, and between them the plan that is used in earnest, with a
/// crash wherever one may be.
///
/// Commit, delivery and visibility are steps of their own. A chunk is registered, its snapshot
/// opened (which is when its rows are what they are), and merged. Every transaction of the target
/// is one step, unless the [Setting]'s hands do it otherwise.
final class BackfillWorld extends Moment implements Explorer.World {
  private @Nullable List<Explorer.Step> steps;

  /// One transaction of the target.
  ///
  /// @param writes in their order: key and value, as [Rows] has it
  record Effect(List<int[]> writes, Map<String, String> remember) {}

  BackfillWorld(Setting setting) {
    super(setting);
  }

  private BackfillWorld(BackfillWorld before) {
    super(before);
  }

  private interface Edit {
    void on(Moment next);
  }

  private BackfillWorld with(Edit edit) {
    BackfillWorld next = new BackfillWorld(this);
    edit.on(next);
    return next;
  }

  // ---- what can happen ----

  @Override
  public List<Explorer.Step> steps() {
    if (steps == null) {
      List<Explorer.Step> all = new ArrayList<>();
      source(all);
      if (plan == null) {
        all.add(step(() -> "the log begins after " + log.size() + " transactions", this::begin));
      } else if (!staged.isEmpty()) {
        all.add(step(() -> "the next transaction of the target", this::commitStaged));
      } else {
        stream(all, plan);
        chunks(all, plan);
        cuts(all, plan);
      }
      if (late != null && staged.isEmpty()) {
        all.add(step(() -> "the first process goes on and commits its chunk", this::comeLate));
      }
      if (all.isEmpty() && !settled()) {
        all.add(
            step(() -> "nothing", () -> with(next -> next.broken = "nothing can happen any more")));
      }
      if (plan != null && crashes > 0) {
        int acknowledged = acknowledged(plan);
        all.add(
            step(
                () -> "crash; the log is delivered again from what was acknowledged",
                () -> restart(crashes - 1, mended, acknowledged)));
        if (acknowledged > started) {
          all.add(
              step(
                  () -> "crash; the log is delivered again from its beginning",
                  () -> restart(crashes - 1, mended, started)));
        }
      }
      steps = all;
    }
    return steps;
  }

  private void source(List<Explorer.Step> all) {
    if (log.size() < setting.transactions()) {
      Rows rows = source();
      for (Log.Op op : setting.menu()) {
        if (op.possible(rows) && log.free(op)) {
          all.add(
              step(
                  () -> "transaction " + (log.size() + 1) + " " + op.says + " and is in the log",
                  () -> with(next -> next.log = log.commit(op))));
        }
      }
    }
    for (int n = 1; n <= log.size(); n++) {
      if (!log.seen(n)) {
        int number = n;
        all.add(
            step(
                () -> "transaction " + number + " becomes visible",
                () -> with(next -> next.log = log.show(number))));
      }
    }
  }

  private void stream(List<Explorer.Step> all, Plan now) {
    if (streamed < log.size()) {
      all.add(
          step(
              () -> "transaction " + (streamed + 1) + " is delivered",
              () ->
                  with(next -> {
                    next.plan =
                        now.deliver(
                            List.of(
                                log.transaction(streamed + 1, setting.table(1), setting.table(2))));
                    next.streamed = streamed + 1;
                  })));
    }
    boolean moved = now.delivered().compareTo(now.applied()) > 0 || lags(now);
    if (now.writable() && (now.pending() > 0 || moved || now.cut.isPresent())) {
      all.add(step(() -> "what was delivered is written", () -> flush(now)));
    }
    if (!mended && stopped(now)) {
      all.add(
          step(() -> "the target is mended; start again", () -> restart(crashes, true, started)));
    }
  }

  private boolean lags(Plan now) {
    return now.tables.values().stream()
        .anyMatch(table ->
            !table.holds()
                && table.mark().own().map(own -> own.compareTo(now.delivered()) < 0).orElse(false));
  }

  private boolean stopped(Plan now) {
    return setting.tables().stream().anyMatch(table -> !now.stopped(table).isEmpty());
  }

  private void chunks(List<Explorer.Step> all, Plan now) {
    for (TableName table : setting.tables()) {
      List<Range> ahead = now.ahead(table);
      if (now.registrable(table)
          && !ahead.isEmpty()
          && now.pending() == 0
          && now.cut.isEmpty()
          && (now.ordered(table) || now.inFlight(table).isEmpty())) {
        Range range = setting.chunk(ahead.getFirst());
        all.add(
            step(
                () -> table + " " + range + " is registered",
                () -> with(next -> next.plan = now.register(table, range))));
      }
      for (Range range : now.inFlight(table)) {
        chunk(all, now, table, range);
      }
    }
  }

  private void chunk(List<Explorer.Step> all, Plan now, TableName table, Range range) {
    Integer read = reads.get(range(table, range));
    if (read == null) {
      SnapshotToken token = log.token(log.visible());
      if (now.admits(table, range, token)) {
        all.add(
            step(
                () -> table + " " + range + " is read, from a snapshot of " + seen(),
                () ->
                    with(next -> {
                      next.plan = now.opened(table, range, token);
                      next.reads = new HashMap<>(reads);
                      next.reads.put(range(table, range), log.visible());
                    })));
      }
    } else if (now.mergeable(table, range)) {
      all.add(
          step(() -> table + " " + range + " is written", () -> merge(now, table, range, read)));
      if (setting.takeover() && !taken) {
        all.add(
            step(
                () ->
                    "the process hangs before it writes "
                        + table
                        + " "
                        + range
                        + "; another takes over with a later epoch",
                () -> takeOver(now, table, range, read)));
      }
    }
  }

  /// Tables of the model have other chunks each, but for their whole.
  private Range range(TableName table, Range range) {
    return range.equals(Range.ALL) && table.equals(setting.table(2))
        ? new Range(Optional.of(Key.of(-2L)), Optional.empty())
        : range;
  }

  private String seen() {
    List<Integer> numbers = new ArrayList<>();
    for (int n = 1; n <= log.size(); n++) {
      if (log.seen(n)) {
        numbers.add(n);
      }
    }
    return numbers.isEmpty() ? "no transaction" : "transactions " + numbers;
  }

  private void cuts(List<Explorer.Step> all, Plan now) {
    if (!setting.cuts()) {
      return;
    }
    if (cutAt == 0 && now.cuttable() && copied(now)) {
      all.add(step(() -> "a cut begins", () -> with(next -> next.plan = now.cut())));
    }
    if (now.cut.isPresent()) {
      SnapshotToken token = log.token(log.visible());
      if (now.cut.get().snapshot().isEmpty() && now.cutAdmits(token)) {
        all.add(
            step(
                () -> "the cut is at a snapshot of " + seen(),
                () ->
                    with(next -> {
                      next.plan = now.cutOpened(token);
                      next.cutAt = log.visible() | 1;
                    })));
      }
    }
  }

  // ---- the steps ----

  private static Explorer.Step step(Supplier<String> says, Supplier<BackfillWorld> next) {
    return new Explorer.Step(says, next);
  }

  private Rows source() {
    return log.rows(setting.source(), -1);
  }

  private BackfillWorld begin() {
    int at = log.size();
    Plan first =
        Plan.begin(setting.scope(), Log.position(at), log.token(Log.first(at)), setting.rules());
    Write write = first.batch();
    return with(next -> {
      next.started = at;
      next.streamed = at;
      next.memory = remember(Map.of(), write.remember());
      next.remembered = write.then().acknowledgeable();
      next.plan = write.then();
    });
  }

  private BackfillWorld restart(int left, boolean nowMended, int from) {
    return with(next -> {
      next.crashes = left;
      next.mended = nowMended;
      next.plan = Plan.resume(setting.scope(), memory, setting.rules()).orElseThrow();
      next.remembered = next.plan.acknowledgeable();
      next.streamed = from;
      next.reads = Map.of();
      next.staged = List.of();
      next.afterStaged = null;
      next.cutAt = cutAt == 0 ? 0 : 1;
    });
  }

  private int acknowledged(Plan now) {
    return (int) (setting.hands().acknowledges(remembered, now).offset() / 10);
  }

  private BackfillWorld flush(Plan now) {
    Plan observed = setting.observes() ? now.observed(log.token(log.visible())) : now;
    Write write = observed.batch();
    IdentityHashMap<Change, Integer> writers = writers(now.pending.list());
    List<int[]> writes = new ArrayList<>();
    for (Change change : write.changes()) {
      int[] each = write(change, writers);
      if (refused(each)) {
        if (setting.hands().skips()) {
          continue;
        }
        TableName table = change.table();
        return with(next -> next.plan = now.stop(table, "refused"));
      }
      writes.add(each);
    }
    Effect effect = new Effect(writes, write.remember());
    if (now.cut.isPresent()) {
      return run(setting.hands().batch(effect), write.then().resumeFromCut()).checkCut(cutAt);
    }
    return run(setting.hands().batch(effect), write.then());
  }

  private BackfillWorld checkCut(int at) {
    Rows at1 = log.rows(setting.source(), at);
    return target.same(at1)
        ? this
        : with(next ->
            next.broken =
                "a certificate for " + at1 + " is compared with a target that is " + target);
  }

  private boolean refused(int[] write) {
    return setting.poison() && !mended && write[1] == 1;
  }

  private static IdentityHashMap<Change, Integer> writers(List<Part> parts) {
    IdentityHashMap<Change, Integer> writers = new IdentityHashMap<>();
    parts.forEach(
        part -> writers.put(part.change(), (int) (part.commit().position().offset() / 10)));
    return writers;
  }

  private static int[] write(Change change, IdentityHashMap<Change, Integer> writers) {
    int writer = writers.getOrDefault(change, 0);
    return switch (change) {
      case Change.Upsert upsert -> new int[] {key(upsert.key()), writer};
      case Change.Delete delete -> new int[] {key(delete.key()), -writer};
      case Change.Truncate _, Change.Altered _ -> throw new IllegalStateException();
    };
  }

  private static int key(Key key) {
    return ((Long) key.cells().getFirst()).intValue();
  }

  private BackfillWorld merge(Plan now, TableName table, Range range, int read) {
    IdentityHashMap<Change, Integer> writers =
        writers(
            Objects.requireNonNull(now.tables.get(table))
                .inFlight(range)
                .orElseThrow()
                .buffer()
                .list());
    Write write = now.merge(table, range);
    List<int[]> copied = copied(now, table, range, read);
    List<int[]> buffered =
        new ArrayList<>(write.changes().stream().map(each -> write(each, writers)).toList());
    if (copied.stream().anyMatch(this::refused) || buffered.stream().anyMatch(this::refused)) {
      if (!setting.hands().skips()) {
        return with(next -> {
          next.plan = now.stop(table, "refused");
          next.reads = without(table, range);
        });
      }
      copied.removeIf(this::refused);
      buffered.removeIf(this::refused);
    }
    return run(setting.hands().chunk(copied, buffered, write.remember()), write.then())
        .with(next -> next.reads = without(table, range));
  }

  private List<int[]> copied(Plan now, TableName table, Range range, int read) {
    List<int[]> copied = new ArrayList<>();
    Rows snapshot = log.rows(setting.source(), read);
    for (int key = 1; key <= 2; key++) {
      boolean within = setting.table(key).equals(table) && range.contains(Key.of((long) key));
      if (within && !setting.hands().leaves(target, snapshot, key, now.ordered(table))) {
        copied.add(new int[] {key, key == 1 ? snapshot.one() : snapshot.two()});
      }
    }
    return copied;
  }

  private BackfillWorld takeOver(Plan now, TableName table, Range range, int read) {
    Effect effect = new Effect(copied(now, table, range, read), now.merge(table, range).remember());
    return restart(crashes, mended, acknowledged(now))
        .with(next -> {
          next.taken = true;
          next.late = effect;
        });
  }

  /// The target has a later epoch by then.
  private BackfillWorld comeLate() {
    Effect effect = Objects.requireNonNull(late);
    BackfillWorld refused = with(next -> next.late = null);
    return setting.hands().checksEpoch()
        ? refused
        : refused.run(List.of(effect), Objects.requireNonNull(plan));
  }

  private Map<Range, Integer> without(TableName table, Range range) {
    Map<Range, Integer> rest = new HashMap<>(reads);
    rest.remove(range(table, range));
    return rest;
  }

  private BackfillWorld run(List<Effect> effects, Plan then) {
    return with(
            next -> {
              next.staged = effects;
              next.afterStaged = then;
            })
        .commitStaged();
  }

  private BackfillWorld commitStaged() {
    Effect effect = staged.getFirst();
    Rows rows = target;
    for (int[] write : effect.writes()) {
      rows =
          write[1] >= 0
              ? rows.put(write[0], write[1])
              : write[1] == Rows.NEVER
                  ? rows.delete(write[0], 0)
                  : rows.delete(write[0], -write[1]);
    }
    Rows after = rows;
    Map<String, String> noted = remember(memory, effect.remember());
    return with(next -> {
      next.target = after;
      next.memory = noted;
      next.staged = staged.subList(1, staged.size());
      if (next.staged.isEmpty()) {
        next.plan = afterStaged;
        next.remembered = Objects.requireNonNull(afterStaged).acknowledgeable();
        next.afterStaged = null;
      }
      next.broken = Truth.wrong(this, after, noted);
    });
  }

  private static Map<String, String> remember(
      Map<String, String> before, Map<String, String> more) {
    Map<String, String> next = new HashMap<>(before);
    more.forEach((name, text) -> {
      if (text.isEmpty()) {
        next.remove(name);
      } else {
        next.put(name, text);
      }
    });
    return next;
  }

  // ---- what must hold ----

  @Override
  public Optional<String> broken() {
    if (!broken.isEmpty()) {
      return Optional.of(broken);
    }
    if (settled() && !target.same(source())) {
      return Optional.of(
          "everything is done: the source is " + source() + ", the target " + target);
    }
    return Optional.empty();
  }

  private boolean copied(Plan now) {
    return setting.tables().stream()
        .allMatch(table -> now.copied(table) && now.stopped(table).isEmpty());
  }

  private boolean settled() {
    return plan != null
        && staged.isEmpty()
        && streamed == log.size()
        && Log.first(log.size()) == log.visible()
        && plan.pending() == 0
        && plan.cut.isEmpty()
        && plan.delivered().equals(plan.applied())
        && !lags(plan)
        && copied(plan);
  }

  @Override
  public void digest(Digest into) {
    log.digest(into);
    into.add(crashes).add(started).add(streamed).add(cutAt).add(mended);
    into.add(target.one()).add(target.two()).add(remembered.offset());
    into.add(memory);
    into.add(plan == null);
    if (plan != null) {
      into.add(plan);
    }
    reads.entrySet().stream()
        .sorted((a, b) ->
            Boolean.compare(a.getKey().after().isPresent(), b.getKey().after().isPresent()))
        .forEach(each -> into.add(each.getKey().after().isPresent()).add(each.getValue()));
    into.add(staged.size()).add(taken).add(late == null);
    if (late != null) {
      late.writes().forEach(each -> into.add(each[0]).add(each[1]));
      into.add(late.remember());
    }
    into.add(broken);
  }
}
