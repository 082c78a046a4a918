package dev.banyan.transfer.plan;

import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Position;
import dev.banyan.transfer.table.TableName;
import java.util.Map;

/// What every transaction of the target must leave true.
final class Truth {
  private Truth() {}

  /// Of one transaction of the target: rows that are done do not go back, and what is remembered as
  /// durable is.
  static String wrong(Moment before, Rows after, Map<String, String> remembered) {
    for (int key = 1; key <= 2; key++) {
      TableName table = before.setting.table(key);
      if (done(before.memory, table, key) && after.writer(key) < before.target.writer(key)) {
        return "key "
            + key
            + " of a range that is done goes back from "
            + before.target
            + " to "
            + after;
      }
      if (done(remembered, table, key)) {
        Mark mark = Memo.of(remembered.getOrDefault(Plan.name(table), "")).mark();
        Position durable =
            mark.own().orElse(Memo.of(remembered.getOrDefault(Plan.MEMORY, "")).head().durable());
        int last = last(before.log, key, (int) (durable.offset() / 10));
        if (after.writer(key) < last) {
          return "everything up to transaction "
              + durable.offset() / 10
              + " is remembered as durable, but the target is "
              + after;
        }
      }
    }
    return "";
  }

  private static int last(Log log, int key, int upTo) {
    for (int n = Math.min(upTo, log.size()); n > 0; n--) {
      if ((log.entries().get(n - 1).keys & 1 << (key - 1)) != 0) {
        return n;
      }
    }
    return 0;
  }

  private static boolean done(Map<String, String> memory, TableName table, int key) {
    return Memo.of(memory.getOrDefault(Plan.name(table), "")).mark().done().stream()
        .anyMatch(done -> done.range().contains(Key.of((long) key)));
  }
}
