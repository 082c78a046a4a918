package dev.banyan.transfer.plan;

import dev.banyan.transfer.table.Change;
import dev.banyan.transfer.table.Commit;
import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Position;
import dev.banyan.transfer.table.Range;
import dev.banyan.transfer.table.SnapshotToken;
import dev.banyan.transfer.table.TableName;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// 64 bits that tell states of a model apart.
final class Digest {
  private long hash = 0x9E3779B97F4A7C15L;

  long value() {
    return mix(hash);
  }

  private static long mix(long value) {
    long x = value;
    x = (x ^ x >>> 30) * 0xBF58476D1CE4E5B9L;
    x = (x ^ x >>> 27) * 0x94D049BB133111EBL;
    return x ^ x >>> 31;
  }

  Digest add(long value) {
    hash = mix(hash + 0x9E3779B97F4A7C15L ^ mix(value + 0x632BE59BD9B4E019L)) * 3 + hash;
    return this;
  }

  Digest add(boolean value) {
    return add(value ? 1 : 2);
  }

  Digest add(String text) {
    long at = text.length();
    for (int i = 0; i < text.length(); i++) {
      at = at * 0x100000001B3L ^ text.charAt(i);
    }
    return add(at);
  }

  Digest add(Map<String, String> memory) {
    long all = 0;
    for (Map.Entry<String, String> each : memory.entrySet()) {
      all += mix(each.getKey().length() * 31L + Memo.of(each.getValue()).hash());
    }
    add(all);
    return this;
  }

  private void add(Position position) {
    add(position.offset());
  }

  private void add(Commit commit) {
    add(commit.position());
    add(commit.xid());
  }

  private void add(Key key) {
    add((Long) key.cells().getFirst());
  }

  private void bound(Optional<Key> key) {
    add(key.isPresent());
    key.ifPresent(this::add);
  }

  private void add(Range range) {
    bound(range.after());
    bound(range.upTo());
  }

  Digest add(SnapshotToken token) {
    switch (token) {
      case SnapshotToken.Upto upTo -> add(upTo.upTo());
      case SnapshotToken.Xids xids -> {
        add(xids.upTo());
        add(xids.xmax());
        long running = 0;
        for (long xid : xids.running()) {
          running |= 1L << xid;
        }
        add(running);
      }
    }
    return this;
  }

  private void token(Optional<SnapshotToken> token) {
    add(token.isPresent());
    token.ifPresent(this::add);
  }

  private void add(Unseen unseen) {
    add(unseen.commits().size());
    unseen.commits().list().forEach(this::add);
    token(unseen.s0());
  }

  private void parts(Chain<Part> parts) {
    add(parts.size());
    for (Part part : parts.list()) {
      add(part.commit());
      switch (part.change()) {
        case Change.Delete delete -> add(delete.key());
        case Change.Upsert upsert -> {
          add(upsert.before());
          add(upsert.key());
        }
        case Change.Truncate _, Change.Altered _ -> add(7);
      }
    }
  }

  private void add(Mark mark) {
    add(mark.cleared());
    mark.own().ifPresent(this::add);
    add(mark.stopped().isEmpty());
    for (Done done : mark.done()) {
      add(done.range());
      done.seen()
          .ifPresent(seen -> {
            add(seen.snapshot());
            add(seen.merged());
          });
    }
  }

  /// Everything on which what a plan does next depends; what it remembers is the target's memory.
  Digest add(Plan plan) {
    add(plan.durable);
    add(plan.delivered);
    add(plan.unseen);
    parts(plan.pending);
    add(plan.cut.isPresent());
    plan.cut.ifPresent(cut -> {
      add(cut.from());
      add(cut.frozen());
      token(cut.snapshot());
      parts(cut.parked());
    });
    Map<TableName, TablePlan> tables =
        plan.tables.size() < 2 ? plan.tables : new TreeMap<>(plan.tables);
    for (Map.Entry<TableName, TablePlan> each : tables.entrySet()) {
      add(each.getValue().mark());
      add(each.getValue().inFlight().size());
      for (InFlight chunk : each.getValue().inFlight()) {
        add(chunk.range());
        add(chunk.frozen());
        token(chunk.snapshot());
        parts(chunk.buffer());
      }
    }
    return this;
  }
}
