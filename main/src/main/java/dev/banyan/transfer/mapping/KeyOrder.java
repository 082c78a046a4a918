package dev.banyan.transfer.mapping;

import dev.banyan.transfer.table.Column;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.Type.Kind;
import java.util.ArrayList;
import java.util.List;

/// Whether a range of source keys is a range of target keys: the same columns in the same order,
/// constants beside them, and each ordered alike by both databases.
final class KeyOrder {
  private KeyOrder() {}

  static boolean same(
      Table source, Table target, List<Lens> lenses, int[] targetKey, boolean sameEngine) {
    List<String> taken = new ArrayList<>();
    for (int column : targetKey) {
      for (Lens lens : lenses) {
        if (!TableMapping.feeds(lens, new int[] {column})) {
          continue;
        }
        if (lens instanceof Lens.Fixed) {
          break;
        }
        if (lens.sources().length != 1 || lens.targets().length != 1) {
          return false;
        }
        Column from = source.columns().get(lens.sources()[0]);
        if (!ordered(lens, from, target.columns().get(column), sameEngine)) {
          return false;
        }
        taken.add(from.name());
      }
    }
    return taken.equals(source.key());
  }

  private static boolean ordered(Lens lens, Column from, Column to, boolean sameEngine) {
    boolean alike =
        switch (lens) {
          case Lens.Copy copy -> true;
          case Lens.Converted converted -> converted.conversion().ordered();
          case Lens.Fixed fixed -> false;
          case Lens.Split split -> false;
          case Lens.Merge merge -> false;
          case Mapped mapped -> false;
          case Computed computed -> false;
        };
    boolean same = from.type().kind() == to.type().kind();
    return alike && alike(from, same && sameEngine) && alike(to, same && sameEngine);
  }

  /// MariaDB orders UUIDs by their time, and no two orders of floating point agree on NaN.
  private static boolean alike(Column column, boolean sameEngine) {
    Kind kind = column.type().kind();
    return switch (kind) {
      case BOOLEAN, INTEGER, UNSIGNED, DECIMAL, BYTES, DATE, TIME, TIMESTAMP, TIMESTAMP_TZ -> true;
      case TEXT, CHAR -> column.binary();
      case UUID -> sameEngine || column.binary();
      case REAL, DOUBLE, TIME_TZ, JSON, ENUM, BITS, ARRAY, OTHER -> false;
    };
  }
}
