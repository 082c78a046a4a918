package dev.banyan.parity;

import dev.banyan.exchange.Difference;
import java.util.Optional;

/// Knows of differences that are no fault: values that the legacy itself never gives twice
/// ([Noise]), or ids that the two sides hand out apart ([IdMap]). Asked for every single one,
/// before those of one place are told of together. Called on the comparing thread, must not block.
@FunctionalInterface
public interface Tolerance {
  Tolerance NONE = _ -> false;

  boolean tolerates(Difference difference);

  /// The candidate's id that stands for one of the legacy, so that elements of arrays find their
  /// partners.
  ///
  /// @param where the id's place, such as `body:$.items[*].id`
  /// @param id the legacy's, without quotes
  default Optional<String> partner(String where, String id) {
    return Optional.empty();
  }

  default Tolerance or(Tolerance other) {
    Tolerance first = this;
    return new Tolerance() {
      @Override
      public boolean tolerates(Difference difference) {
        return first.tolerates(difference) || other.tolerates(difference);
      }

      @Override
      public Optional<String> partner(String where, String id) {
        return first.partner(where, id).or(() -> other.partner(where, id));
      }
    };
  }
}
