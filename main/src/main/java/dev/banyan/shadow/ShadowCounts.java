package dev.banyan.shadow;

import java.util.Map;

/// What became of one family's sampled requests. Once nothing is in flight, `sent` and all of
/// `dropped` add up to `sampled`.
///
/// @param sent second legs that ended, well or not, and were handed over to be compared
/// @param dropped by the words of [Drop]
public record ShadowCounts(long sampled, long sent, long inFlight, Map<String, Long> dropped) {
  public static final ShadowCounts NONE = new ShadowCounts(0, 0, 0, Map.of());

  public ShadowCounts {
    dropped = Map.copyOf(dropped);
  }
}
