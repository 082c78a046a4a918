package dev.banyan.parity;

import dev.banyan.exchange.Difference;
import dev.banyan.exchange.Difference.Kind;
import dev.banyan.exchange.Verdict;
import dev.banyan.migration.Severity;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Gathers what differs between two answers, each place and kind once, up to a limit.
///
/// A list of a thousand users whose ids all became strings is one difference, not a thousand: the
/// first one found of the worst severity stands for the rest. Used by one thread.
final class Differences {

  /// Where the differences beyond the limit are told of.
  static final String MORE = "more";

  /// In characters; the name of a deeper place is cut, and such places are told of together.
  static final int WHERE_LIMIT = 256;

  private record Place(String where, Kind kind) {}

  private final int limit;
  private final Function<Difference, Severity> severities;
  private final Tolerance tolerance;
  private final Map<Place, Difference> serious = new LinkedHashMap<>();
  private final Map<Place, Difference> cosmetic = new LinkedHashMap<>();
  private int more;
  private Severity worstOfMore = Severity.COSMETIC;
  private @Nullable String incomparable;

  /// @param severities what a difference's severity is in the end
  /// @param tolerance of differences that are passed over
  Differences(int limit, Function<Difference, Severity> severities, Tolerance tolerance) {
    this.limit = limit;
    this.severities = severities;
    this.tolerance = tolerance;
  }

  /// Whether one such difference, no less severe, is known, so that another one says nothing new.
  boolean has(String where, Kind kind, Severity severity) {
    Place place = new Place(where, kind);
    Difference known = severity == Severity.COSMETIC ? cosmetic.get(place) : serious.get(place);
    return known != null && known.severity().compareTo(severity) <= 0;
  }

  /// The candidate's id that stands for one of the legacy at a place.
  Optional<String> partner(String where, String id) {
    return tolerance.partner(where, id);
  }

  void add(
      String place,
      Kind kind,
      Severity severity,
      @Nullable String legacy,
      @Nullable String candidate) {
    String where = place.length() <= WHERE_LIMIT ? place : place.substring(0, WHERE_LIMIT) + "…";
    Difference found = new Difference(where, kind, severity, legacy, candidate);
    if (tolerance.tolerates(found)) {
      return;
    }
    Severity set = severities.apply(found);
    record(
        new Place(where, kind),
        set == severity ? found : new Difference(where, kind, set, legacy, candidate));
  }

  private void record(Place place, Difference found) {
    Severity severity = found.severity();
    if (severity == Severity.COSMETIC) {
      if (cosmetic.size() < limit) {
        cosmetic.putIfAbsent(place, found);
      }
      return;
    }
    Difference known = serious.get(place);
    if (known != null) {
      if (severity.compareTo(known.severity()) < 0) {
        serious.put(place, found);
      }
    } else if (serious.size() < limit) {
      serious.put(place, found);
    } else {
      more++;
      worstOfMore = severity.compareTo(worstOfMore) < 0 ? severity : worstOfMore;
    }
  }

  /// Some part of the answers could not be compared, so that agreement of the rest proves nothing.
  void incomparable(String reason) {
    incomparable = reason;
  }

  /// Any real difference decides; without one, a part that could not be compared makes it skipped.
  Verdict verdict() {
    if (serious.isEmpty()) {
      return incomparable == null ? new Verdict.Match() : new Verdict.Skipped(incomparable);
    }
    List<Difference> all = new ArrayList<>(serious.values());
    if (more > 0) {
      String note = "… and " + more + " more";
      all.add(new Difference(MORE, Kind.VALUE, worstOfMore, note, note));
    }
    all.addAll(cosmetic.values());
    return new Verdict.Mismatch(all);
  }
}
