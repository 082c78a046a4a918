package dev.banyan.cutover;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Tells deploys from what is seen of a service's versions.
///
/// While a deploy rolls, answers of two versions alternate. So a version is there until it was not
/// seen for [#GONE], and a deploy is told when a version comes that was not there, and again when
/// one alone is left: evidence of what runs now begins after the last of them. The only version of
/// a service is there however long nobody asked it. A service that shows more than [#MOST] versions
/// at a time has a header that names none: that is told once, and what is more is not looked at.
///
/// Times are of the monotonic clock. Safe to use from any thread; guarded by itself.
public final class VersionWatch {
  /// How long a version that is not the only one is there without being seen.
  public static final Duration GONE = Duration.ofSeconds(10);

  /// Versions of one service that may be there at a time.
  public static final int MOST = 8;

  /// What is told of a service.
  ///
  /// @param version the one that came, or the one that is left
  public record Deploy(String service, String version, Stage stage) {}

  public enum Stage {
    /// The first version that this process sees of the service, which may have been there before.
    FIRST,
    /// A version has come that was not there.
    BEGUN,
    /// Of several, one is left.
    ENDED,
    /// There are too many: whatever the header holds, it is no version.
    TOO_MANY
  }

  private static final class Seen {
    /// When each version that is there was seen last.
    private final Map<String, Long> there = new HashMap<>();

    private boolean known;
    private boolean unsettled;
    private boolean crowded;
    private long crowdedAt;

    void forgetGone(long now) {
      there.values().removeIf(at -> isGone(at, now));
    }

    /// The one seen last stays.
    void forgetGoneButLast(long now) {
      long last = now - there.values().stream().mapToLong(at -> now - at).min().orElse(0);
      there.values().removeIf(at -> at != last && isGone(at, now));
    }

    private static boolean isGone(long at, long now) {
      return now - at >= GONE.toNanos();
    }
  }

  private final Map<String, Seen> services = new HashMap<>();

  /// A version has answered.
  public synchronized Optional<Deploy> seen(String service, String version, long now) {
    Seen seen = services.computeIfAbsent(service, _ -> new Seen());
    Long before = seen.there.get(version);
    if (before != null && (seen.there.size() == 1 || !Seen.isGone(before, now))) {
      seen.there.put(version, now);
      return Optional.empty();
    }
    seen.forgetGone(now);
    if (seen.there.size() >= MOST) {
      boolean told = seen.crowded;
      seen.crowded = true;
      seen.crowdedAt = now;
      return told ? Optional.empty() : Optional.of(new Deploy(service, version, Stage.TOO_MANY));
    }
    Stage stage = seen.known ? Stage.BEGUN : Stage.FIRST;
    seen.known = true;
    seen.there.put(version, now);
    seen.unsettled = seen.there.size() > 1;
    return Optional.of(new Deploy(service, version, stage));
  }

  /// Tells of deploys that have ended. To be called about once a second.
  public synchronized List<Deploy> look(long now) {
    List<Deploy> ended = new ArrayList<>();
    services.forEach((service, seen) -> {
      seen.forgetGoneButLast(now);
      if (seen.crowded && Seen.isGone(seen.crowdedAt, now)) {
        seen.crowded = false;
      }
      if (seen.unsettled && !seen.crowded && seen.there.size() == 1) {
        seen.unsettled = false;
        String left = seen.there.keySet().iterator().next();
        ended.add(new Deploy(service, left, Stage.ENDED));
      }
    });
    return ended;
  }

  /// The versions of a service that are there.
  public synchronized Set<String> versions(String service) {
    Seen seen = services.get(service);
    return seen == null ? Set.of() : Set.copyOf(seen.there.keySet());
  }

  /// Forgets every service that is not named, so that what is kept is bounded by the configuration.
  public synchronized void retain(Collection<String> names) {
    services.keySet().retainAll(Set.copyOf(names));
  }
}
