package dev.banyan.app;

import dev.banyan.control.Sides;
import dev.banyan.migration.Side;
import dev.banyan.migration.Weight;
import dev.banyan.routing.FamilyRoutes;
import dev.banyan.routing.LiveTable;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/// Which side a unit is on, as the gateway decides it at this moment.
record TableSides(LiveTable table, LongSupplier nanos) implements Sides {

  @Override
  public List<String> families() {
    return table.inForce().families().stream().map(FamilyRoutes::family).sorted().toList();
  }

  @Override
  public Optional<Weight> weight(String family, boolean read) {
    return table.current(nanos.getAsLong()).family(family).map(routes -> routes.weight(read));
  }

  @Override
  public Optional<Side> side(String family, String unit, boolean read) {
    return table.current(nanos.getAsLong()).side(family, unit, read);
  }
}
