package dev.banyan.transfer;

import dev.banyan.transfer.table.Change;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.Special;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What became of each row at last, in the order in which that happened.
final class LastOfEach {
  private LastOfEach() {}

  /// Changes of whole tables keep what is before them from what is after them, so that with one of
  /// them nothing is left out.
  static List<Change> of(List<Change> changes) {
    Map<Place, Change> last = new LinkedHashMap<>();
    for (Change change : changes) {
      switch (change) {
        case Change.Delete gone -> put(last, new Place(gone.table(), gone.key()), gone);
        case Change.Upsert row -> {
          Place place = new Place(row.table(), row.key());
          put(last, place, filled(row, last.get(place)));
        }
        case Change.Truncate _, Change.Altered _ -> {
          return changes;
        }
      }
    }
    return List.copyOf(last.values());
  }

  private static void put(Map<Place, Change> last, Place place, Change change) {
    last.remove(place); // so that it comes last
    last.put(place, change);
  }

  /// With the values that the log left out because they had not changed.
  private static Change.Upsert filled(Change.Upsert row, @Nullable Change before) {
    if (!(before instanceof Change.Upsert known)) {
      return row;
    }
    Object[] cells = row.row().cells().clone();
    for (int i = 0; i < cells.length; i++) {
      if (cells[i] == Special.UNCHANGED) {
        cells[i] = known.row().cell(i);
      }
    }
    return new Change.Upsert(row.table(), row.before(), row.key(), new Row(cells));
  }
}
