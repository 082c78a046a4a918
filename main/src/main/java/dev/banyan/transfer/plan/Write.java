package dev.banyan.transfer.plan;

import dev.banyan.transfer.table.Change;
import java.util.List;
import java.util.Map;

/// What one transaction of the target does, all of it or nothing.
///
/// @param changes to apply, in their order
/// @param remember names and texts for [dev.banyan.transfer.engine.TargetWork#remember]
/// @param then the plan that holds once it is committed
public record Write(List<Change> changes, Map<String, String> remember, Plan then) {
  public Write {
    changes = List.copyOf(changes);
    remember = Map.copyOf(remember);
  }

  public boolean isEmpty() {
    return changes.isEmpty() && remember.isEmpty();
  }
}
