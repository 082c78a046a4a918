package dev.banyan.compare;

import dev.banyan.exchange.Difference;
import dev.banyan.exchange.Difference.Kind;
import dev.banyan.parity.Tolerance;
import dev.banyan.parity.VolatileClass;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Notes one value of each form among all that differ at a place, before they are told of together:
/// a list of a hundred tokens is one form. Used by one thread, for one comparison.
final class Forms implements Tolerance {
  private static final int MOST = 256;

  private record Form(
      String where, Kind kind, @Nullable VolatileClass legacy, @Nullable VolatileClass candidate) {}

  private final Tolerance tolerance;
  private final Set<Form> seen = new HashSet<>();
  private final List<Difference> values = new ArrayList<>();
  private boolean tooMany;

  Forms(Tolerance tolerance) {
    this.tolerance = tolerance;
  }

  @Override
  public boolean tolerates(Difference difference) {
    if (tolerance.tolerates(difference)) {
      return true;
    }
    if (values.size() >= MOST) {
      tooMany = true;
    } else if (seen.add(form(difference))) {
      values.add(difference);
    }
    return false;
  }

  private static Form form(Difference difference) {
    String legacy = difference.legacy();
    String candidate = difference.candidate();
    return new Form(
        difference.where(),
        difference.kind(),
        legacy == null ? null : VolatileClass.of(legacy),
        candidate == null ? null : VolatileClass.of(candidate));
  }

  /// Nothing where there were too many to say what all of them are.
  List<Difference> values() {
    return tooMany ? List.of() : values;
  }
}
