package dev.banyan.transfer.moving;

import dev.banyan.transfer.engine.Database;
import dev.banyan.transfer.engine.Fence;
import dev.banyan.transfer.engine.IdPairs;
import dev.banyan.transfer.engine.Source;
import dev.banyan.transfer.engine.Target;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Takes away what a transfer has made in both databases, in either direction.
final class Removal {
  private Removal() {}

  /// @param unfence whether the fence goes as well
  /// @param ids whether pairs of ids go as well
  /// @return what was removed, and what stays, for people
  static List<String> of(Moving moving, boolean unfence, boolean ids) throws SQLException {
    String transfer = moving.options().name();
    List<String> removed = new ArrayList<>(fences(moving, unfence));
    for (boolean reverse : new boolean[] {true, false}) {
      Database owner = reverse ? moving.to() : moving.from();
      Database other = reverse ? moving.from() : moving.to();
      String name = reverse ? transfer + "_back" : transfer;
      try (Source source = moving.source(reverse);
          Target target = moving.target(reverse)) {
        source.remove();
        target.prepare();
        target.remove();
      }
      removed.add(owner.name() + ": what followed its log for " + name);
      removed.add(other.name() + ": what was remembered of " + name);
    }
    if (ids) {
      Optional<IdPairs> pairs = moving.to().ids(transfer);
      long gone = pairs.isPresent() ? pairs.get().remove() : 0;
      removed.add(moving.to().name() + ": " + gone + " pairs of ids");
    } else if (moving.mapsIds()) {
      removed.add(
          moving.to().name()
              + ": the pairs of ids stay, for what refers to either; --ids takes them away");
    }
    // Last, for these have the names of all the rest.
    try (Target notes = moving.to().target(transfer + "_notes", moving.toTables())) {
      notes.prepare();
      notes.remove();
    }
    return List.copyOf(removed);
  }

  /// A fence outlives its transfer unless somebody says otherwise: a forgotten job would write to
  /// rows that nobody carries over any more.
  private static List<String> fences(Moving moving, boolean unfence) throws SQLException {
    List<String> said = new ArrayList<>();
    for (boolean ofTarget : new boolean[] {false, true}) {
      Fence fence = moving.fence(ofTarget);
      boolean stands = fence.standing();
      if (stands) {
        String name = (ofTarget ? moving.to() : moving.from()).name();
        if (unfence) {
          fence.lower(moving.nextTurn());
        }
        said.add(
            name
                + (unfence
                    ? ": the fence that kept the application from writing"
                    : ": the fence stays, and keeps the application from writing; --unfence takes"
                        + " it away"));
      }
      if (!stands || unfence) {
        fence.forget();
      }
    }
    return said;
  }
}
