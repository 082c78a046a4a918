package dev.banyan.transfer.plan;

import dev.banyan.transfer.table.Change;
import dev.banyan.transfer.table.Commit;
import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.TableName;
import dev.banyan.transfer.table.Transaction;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Two databases of one row, of which one is written to by applications that go round every proxy,
/// and the handover of the writes from the one to the other and back: fence, drain, read the
/// position, catch up, flip, release. The rows are carried by the plan that is used in earnest.
///
/// @param rows the version that each side has
/// @param logs of each side; what a transfer wrote is negative
/// @param open a transaction that began before the fence, by side
/// @param stage of the handover: see [Stage]
/// @param stop the position up to which the follower must come
record CutoverWorld(
    Protocol protocol,
    List<Integer> rows,
    List<List<Integer>> logs,
    List<Boolean> open,
    List<Boolean> fenced,
    int owner,
    int writes,
    int acknowledged,
    List<Integer> authors,
    Stage stage,
    int stop,
    int reverseFrom,
    Plan plan,
    int streamed,
    int flips,
    boolean undone,
    String wrong)
    implements Explorer.World {
  private static final TableName TABLE = new TableName("shop", "orders");
  private static final Key KEY = Key.of(1L);

  enum Stage {
    IDLE,
    FENCED,
    DRAINED,
    STOPPING,
    CAUGHT_UP,
    FLIPPED
  }

  /// The handover as it should be.
  interface Protocol {
    default boolean fences() {
      return true;
    }

    default boolean drains() {
      return true;
    }

    /// The position comes with the flag that says to stop there.
    default boolean flagFirst() {
      return false;
    }

    default boolean guardsLoop() {
      return true;
    }
  }

  static CutoverWorld begin(Protocol protocol) {
    return new CutoverWorld(
        protocol,
        List.of(0, 0),
        List.of(List.of(), List.of()),
        List.of(false, false),
        List.of(false, true),
        0,
        0,
        0,
        List.of(),
        Stage.IDLE,
        0,
        0,
        Plan.following(scope(protocol), Log.position(0)),
        0,
        0,
        false,
        "");
  }

  private static Plan.Scope scope(Protocol protocol) {
    return new Plan.Scope(
        Map.of(TABLE, true), marks -> protocol.guardsLoop() && marks.equals("ours"));
  }

  private int other() {
    return 1 - owner;
  }

  private static <T> List<T> set(List<T> list, int at, T value) {
    List<T> next = new ArrayList<>(list);
    next.set(at, value);
    return List.copyOf(next);
  }

  /// The next world while it is being made.
  private static final class Next {
    List<Integer> rows;
    List<List<Integer>> logs;
    List<Boolean> open;
    List<Boolean> fenced;
    int owner;
    int writes;
    int acknowledged;
    List<Integer> authors;
    Stage stage;
    int stop;
    int reverseFrom;
    Plan plan;
    int streamed;
    int flips;
    boolean undone;
    String wrong = "";

    Next(CutoverWorld now) {
      rows = now.rows;
      logs = now.logs;
      open = now.open;
      fenced = now.fenced;
      owner = now.owner;
      writes = now.writes;
      acknowledged = now.acknowledged;
      authors = now.authors;
      stage = now.stage;
      stop = now.stop;
      reverseFrom = now.reverseFrom;
      plan = now.plan;
      streamed = now.streamed;
      flips = now.flips;
      undone = now.undone;
    }

    CutoverWorld done(Protocol protocol) {
      return new CutoverWorld(
          protocol,
          rows,
          logs,
          open,
          fenced,
          owner,
          writes,
          acknowledged,
          authors,
          stage,
          stop,
          reverseFrom,
          plan,
          streamed,
          flips,
          undone,
          wrong);
    }
  }

  private interface Edit {
    void on(Next next);
  }

  private Explorer.Step step(String says, Edit edit) {
    return new Explorer.Step(
        () -> says,
        () -> {
          Next next = new Next(this);
          edit.on(next);
          return next.done(protocol);
        });
  }

  private static String name(int side) {
    return side == 0 ? "the legacy" : "the candidate";
  }

  @Override
  public List<Explorer.Step> steps() {
    List<Explorer.Step> all = new ArrayList<>();
    application(all);
    stream(all);
    handover(all);
    return all;
  }

  private void application(List<Explorer.Step> all) {
    for (int side = 0; side < 2; side++) {
      int at = side;
      if (!fenced.get(at) && !open.get(at) && writes < 3) {
        all.add(
            step(
                "a transaction begins on " + name(at) + "'s database",
                next -> {
                  next.open = set(open, at, true);
                  next.writes = writes + 1;
                }));
      }
      if (open.get(at)) {
        int version = authors.size() + 1;
        all.add(
            step(
                "it commits version " + version + " on " + name(at) + "'s database",
                next -> {
                  next.open = set(open, at, false);
                  next.rows = set(rows, at, version);
                  next.logs = set(logs, at, plus(logs.get(at), version));
                  next.authors = plus(authors, at);
                  next.acknowledged = version;
                  next.wrong =
                      at == owner
                          ? ""
                          : "version " + version + " is written where the writes are not owned";
                }));
      }
    }
  }

  private static List<Integer> plus(List<Integer> list, int value) {
    List<Integer> next = new ArrayList<>(list);
    next.add(value);
    return List.copyOf(next);
  }

  private void stream(List<Explorer.Step> all) {
    List<Integer> log = logs.get(owner);
    if (streamed < log.size()) {
      int entry = log.get(streamed);
      all.add(
          step(
              "version " + Math.abs(entry) + " is delivered from " + name(owner),
              next -> {
                next.plan = plan.deliver(List.of(transaction(streamed + 1, entry)));
                next.streamed = streamed + 1;
              }));
    }
    if (plan.pending() > 0 || plan.delivered().compareTo(plan.applied()) > 0) {
      all.add(step("what was delivered is written to " + name(other()), this::write));
    }
  }

  private static Transaction transaction(int number, int entry) {
    Row row = new Row(new Object[] {1L, (long) Math.abs(entry)});
    return new Transaction(
        new Commit(Log.position(number), 0),
        Instant.EPOCH,
        List.of(new Change.Upsert(TABLE, KEY, KEY, row)),
        entry < 0 ? "ours" : "");
  }

  private void write(Next next) {
    Write write = plan.batch();
    for (Change change : write.changes()) {
      Object cell = ((Change.Upsert) change).row().cell(1);
      int version = cell instanceof Long number ? number.intValue() : 0;
      next.rows = set(next.rows, other(), version);
      next.logs = set(next.logs, other(), plus(next.logs.get(other()), -version));
      if (authors.get(version - 1) == other()) {
        next.wrong = "version " + version + " comes back to " + name(other()) + ", where it began";
      }
    }
    next.plan = write.then();
  }

  private void handover(List<Explorer.Step> all) {
    switch (stage) {
      case IDLE -> {
        if (flips < 2) {
          all.add(
              step(
                  "the reverse stream begins and " + name(owner) + " is fenced",
                  next -> {
                    next.reverseFrom = logs.get(other()).size();
                    next.stage = Stage.FENCED;
                    next.fenced = protocol.fences() ? set(fenced, owner, true) : fenced;
                  }));
        }
      }
      case FENCED -> {
        if (!open.get(owner) || !protocol.drains()) {
          all.add(step("open transactions have ended", next -> next.stage = Stage.DRAINED));
        }
        if (!undone) {
          all.add(
              step(
                  "it takes too long: " + name(owner) + " is released again",
                  next -> {
                    next.undone = true;
                    next.fenced = set(fenced, owner, false);
                    next.stage = Stage.IDLE;
                  }));
        }
      }
      case DRAINED -> all.add(told());
      case STOPPING -> {
        if (plan.acknowledgeable().compareTo(Log.position(Math.max(0, stop))) >= 0) {
          all.add(step("it has caught up", next -> next.stage = Stage.CAUGHT_UP));
        }
        if (stop < 0) {
          all.add(
              step(
                  "its position is " + logs.get(owner).size(),
                  next -> next.stop = logs.get(owner).size()));
        }
      }
      case CAUGHT_UP ->
          all.add(
              step(
                  "the epoch is raised: " + name(other()) + " owns the writes",
                  next -> {
                    next.owner = other();
                    next.stage = Stage.FLIPPED;
                    next.plan = Plan.following(scope(protocol), Log.position(reverseFrom));
                    next.streamed = reverseFrom;
                    next.stop = 0;
                  }));
      case FLIPPED -> all.add(released());
    }
  }

  private Explorer.Step released() {
    return step(
        name(owner) + "'s writes are released",
        next -> {
          next.fenced = set(fenced, owner, false);
          next.stage = Stage.IDLE;
          next.flips = flips + 1;
          next.wrong =
              rows.get(owner) == acknowledged
                  ? ""
                  : "version "
                      + acknowledged
                      + " was acknowledged, and "
                      + name(owner)
                      + " has version "
                      + rows.get(owner);
        });
  }

  private Explorer.Step told() {
    if (protocol.flagFirst() && stop >= 0) {
      return step(
          "the follower is told to stop",
          next -> {
            next.stop = -1;
            next.stage = Stage.STOPPING;
          });
    }
    return step(
        "the follower is told to stop at " + logs.get(owner).size(),
        next -> {
          next.stop = logs.get(owner).size();
          next.stage = Stage.STOPPING;
        });
  }

  @Override
  public Optional<String> broken() {
    if (!wrong.isEmpty()) {
      return Optional.of(wrong);
    }
    boolean quiet =
        stage == Stage.IDLE
            && !open.get(0)
            && !open.get(1)
            && streamed == logs.get(owner).size()
            && plan.pending() == 0;
    return quiet && (rows.get(0) != acknowledged || rows.get(1) != acknowledged)
        ? Optional.of("version " + acknowledged + " was acknowledged, and the rows are " + rows)
        : Optional.empty();
  }

  @Override
  public void digest(Digest into) {
    rows.forEach(into::add);
    logs.forEach(log -> {
      into.add(log.size());
      log.forEach(into::add);
    });
    open.forEach(into::add);
    fenced.forEach(into::add);
    into.add(owner).add(writes).add(acknowledged).add(stage.name()).add(stop);
    authors.forEach(into::add);
    into.add(reverseFrom).add(streamed).add(flips).add(undone).add(wrong).add(plan);
  }
}
