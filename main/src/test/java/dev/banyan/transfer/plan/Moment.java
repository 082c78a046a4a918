package dev.banyan.transfer.plan;

import dev.banyan.transfer.table.Position;
import dev.banyan.transfer.table.Range;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a [BackfillWorld] is at one moment. Written to only while the next one is being made.
abstract class Moment {
  final Setting setting;

  /// The source.
  Log log = new Log(List.of(), 0);

  int crashes;

  /// How many transactions the log had when it began for us; -1 before.
  int started = -1;

  /// How many were delivered in this life.
  int streamed;

  /// Empty before the log has begun.
  @Nullable Plan plan;

  /// Of which transactions a chunk in flight was read.
  Map<Range, Integer> reads = Map.of();

  /// Of which transactions the cut is; 0 before there is one.
  int cutAt;

  Rows target;
  Map<String, String> memory = Map.of();

  /// What the plan said that the source may forget, when it was remembered last.
  Position remembered = Position.START;

  /// Transactions of the target that are still to come before the plan goes on.
  List<BackfillWorld.Effect> staged = List.of();

  @Nullable Plan afterStaged;
  boolean mended;

  /// Another process has taken over, and what the first one may still commit.
  boolean taken;

  BackfillWorld.@Nullable Effect late;
  String broken = "";

  Moment(Setting setting) {
    this.setting = setting;
    crashes = setting.crashes();
    target = setting.target();
  }

  Moment(Moment before) {
    setting = before.setting;
    log = before.log;
    crashes = before.crashes;
    started = before.started;
    streamed = before.streamed;
    plan = before.plan;
    reads = before.reads;
    cutAt = before.cutAt;
    target = before.target;
    memory = before.memory;
    remembered = before.remembered;
    staged = before.staged;
    afterStaged = before.afterStaged;
    mended = before.mended;
    taken = before.taken;
    late = before.late;
    broken = before.broken;
  }
}
