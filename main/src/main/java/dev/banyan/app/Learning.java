package dev.banyan.app;

import dev.banyan.exchange.Difference;
import dev.banyan.exchange.Difference.Kind;
import dev.banyan.exchange.Response;
import dev.banyan.migration.Endpoint;
import dev.banyan.parity.Comparison;
import dev.banyan.parity.Noise;
import dev.banyan.parity.Tolerance;
import dev.banyan.parity.VolatileClass;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What is known of one family's noise within one period of evidence. Any thread may use it.
///
/// It compares by the wire matrix alone: what a team accepts or does not mind is no noise, and may
/// be withdrawn.
final class Learning {

  /// Of the defects that are found, the share that may be false.
  static final double FALSE_DEFECTS = 0.05;

  /// Double samples from one look for defects to the next.
  private static final int LOOK = 10;

  private record Place(Endpoint endpoint, int status, String where, Kind kind) {}

  private final long period;
  private final InstantSource clock;
  private final Noise noise = new Noise(Comparison.of(), Noise.Limits.STANDARD);
  private final AtomicLong samples = new AtomicLong();
  private volatile Set<Place> defective = Set.of();

  Learning(long period, InstantSource clock) {
    this.period = period;
    this.clock = clock;
  }

  long period() {
    return period;
  }

  /// Whether fewer than so many double samples have been learned from, and more would be.
  boolean wants(Endpoint endpoint, int status, int most) {
    return noise.wants(endpoint, status, most);
  }

  /// A double sample taken whatever the candidate said.
  ///
  /// @param candidate its answer, given between the legacy's two
  void learn(Endpoint endpoint, Response legacy, Response again, Response candidate) {
    noise.learn(endpoint, legacy, again, candidate, clock.instant());
    if (samples.incrementAndGet() % LOOK == 0) {
      defective = look();
    }
  }

  /// A double sample whose third answer was not given between the legacy's two.
  void learn(Endpoint endpoint, Response legacy, Response again) {
    noise.learn(endpoint, legacy, again, clock.instant());
  }

  private Set<Place> look() {
    Set<Place> found = new HashSet<>();
    for (Noise.Defect defect : defects()) {
      found.add(new Place(defect.endpoint(), defect.status(), defect.where(), defect.kind()));
    }
    return Set.copyOf(found);
  }

  /// Every class that holds now.
  List<Noise.Rule> rules() {
    return noise.rules(clock.instant());
  }

  /// What the noise does not explain. Times near to now are left out: the clocks of two sides are
  /// never the same, and a second that has ended on one of them only is no defect.
  List<Noise.Defect> defects() {
    List<Noise.Defect> found = noise.defects(FALSE_DEFECTS);
    if (found.isEmpty()) {
      return found;
    }
    Set<Place> times = new HashSet<>();
    for (Noise.Rule rule : rules()) {
      if (rule.volatileClass() instanceof VolatileClass.Time) {
        times.add(new Place(rule.endpoint(), rule.status(), rule.where(), Kind.VALUE));
      }
    }
    return found.stream()
        .filter(defect ->
            !times.contains(
                new Place(defect.endpoint(), defect.status(), defect.where(), defect.kind())))
        .toList();
  }

  @Nullable Double share(Endpoint endpoint, int status, String where, Kind kind) {
    return noise.share(endpoint, status, where, kind);
  }

  /// Differences at places where noise has been ruled out: they are never passed over.
  Predicate<Difference> defective(Endpoint endpoint, int status) {
    Set<Place> known = defective;
    return difference ->
        !known.isEmpty()
            && known.contains(new Place(endpoint, status, difference.where(), difference.kind()));
  }

  /// What may be passed over in one exchange. Looked up at the first difference only: most
  /// exchanges have none.
  Tolerance tolerance(Endpoint endpoint, int status) {
    Predicate<Difference> ruledOut = defective(endpoint, status);
    Instant now = clock.instant();
    return new Tolerance() {
      private @Nullable Tolerance known;

      @Override
      public boolean tolerates(Difference difference) {
        Tolerance learned = known;
        if (learned == null) {
          learned = noise.tolerance(endpoint, status, now);
          known = learned;
        }
        return learned.tolerates(difference) && !ruledOut.test(difference);
      }
    };
  }
}
