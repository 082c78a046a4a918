package dev.banyan.parity;

import dev.banyan.parity.ParityStore.Kept;
import java.util.List;
import java.util.Map;

/// What other replicas keep of their comparisons, where there are several.
///
/// A family's evidence belongs to a **period**, which all replicas share: it begins anew for all of
/// them when one of them says so. What a replica saves belongs to the period that it has adopted.
/// Any thread may call. Every method throws [java.io.UncheckedIOException] when the store fails.
public interface SharedParity {

  /// Begins a family's evidence anew, for all replicas.
  ///
  /// @return the period that has begun
  long begin(String family);

  /// Periods that have begun and that this replica has not adopted.
  Map<String, Long> begun();

  /// Says that all this replica counts of a family from now on belongs to a period.
  void adopt(String family, long period);

  /// The period that was adopted last; 0 before any.
  long adopted(String family);

  /// What the others have counted within the present periods, by family.
  Map<String, Counted> others();

  /// Puts together what replicas have counted that are gone for good, so that no more is kept than
  /// of those that there are. To be called now and then, by one thread.
  default void gather() {}

  /// What others have counted of a family.
  ///
  /// @param period that it belongs to
  record Counted(long period, List<Kept> kept) {}

  /// There is one replica, and nobody to share with.
  final class Nobody implements SharedParity {
    @Override
    public long begin(String family) {
      return 0;
    }

    @Override
    public Map<String, Long> begun() {
      return Map.of();
    }

    @Override
    public void adopt(String family, long period) {
      // There is nobody whose period it could be.
    }

    @Override
    public long adopted(String family) {
      return 0;
    }

    @Override
    public Map<String, Counted> others() {
      return Map.of();
    }
  }
}
