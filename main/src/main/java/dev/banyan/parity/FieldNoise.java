package dev.banyan.parity;

import dev.banyan.statistics.PairedTest;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What double samples have shown of one place and kind of difference. Guarded by its [Noise].
final class FieldNoise {

  /// Of a clock's time from the time of the exchange.
  private static final Duration SKEW = Duration.ofMinutes(5);

  /// Values remembered to see whether they come again.
  private static final int REMEMBERED = 64;

  /// Values whose frequency is known.
  private static final int GIVEN = 16;

  private final long[] values = new long[REMEMBERED];
  private int remembered;
  private long disagreements;
  private long repeated;
  private boolean growing = true;
  private boolean near = true;
  private boolean unclassified;
  private @Nullable VolatileClass found;
  private Instant last = Instant.EPOCH;
  private long against;
  private long inFavour;
  private long strange;
  private long usual;

  /// Values that the legacy gave, and how often. Past the limit none is taken in, and stays unseen.
  private final long[] given = new long[GIVEN];

  private final int[] times = new int[GIVEN];
  private int distinct;

  /// One side gave both values to the same request, one after the other.
  void disagreed(@Nullable String first, @Nullable String second, Instant now) {
    disagreements++;
    last = now;
    if (first == null || second == null) {
      unclassified = true;
      return;
    }
    widen(first, now);
    widen(second, now);
    growing &=
        first.length() < second.length()
            || (first.length() == second.length() && first.compareTo(second) < 0);
    boolean firstKnown = remember(first);
    boolean secondKnown = remember(second);
    repeated += firstKnown || secondKnown ? 1 : 0;
  }

  private void widen(String value, Instant now) {
    if (unclassified) {
      return;
    }
    VolatileClass known = found;
    VolatileClass form = VolatileClass.of(value);
    if (form == null && known instanceof VolatileClass.Token) {
      form = VolatileClass.among(value);
    }
    found = form == null ? null : known == null ? form : known.merge(form);
    unclassified |= found == null;
    near &= found instanceof VolatileClass.Time && VolatileClass.near(value, now, SKEW);
  }

  private boolean remember(String value) {
    long hash = hash(value);
    int count = Math.min(remembered, REMEMBERED);
    if (Arrays.stream(values, 0, count).anyMatch(known -> known == hash)) {
      return true;
    }
    values[remembered++ % REMEMBERED] = hash;
    return false;
  }

  /// Counts a double sample in which the legacy's two answers or the two sides differ here.
  ///
  /// @param own whether the legacy's two answers differ
  /// @param others whether the legacy's first and the candidate's differ
  /// @param again the legacy's second value; null where it has none
  /// @param candidate the candidate's value
  void count(boolean own, boolean others, @Nullable String again, @Nullable String candidate) {
    against += others && !own ? 1 : 0;
    inFavour += own && !others ? 1 : 0;
    // only what was known before this sample counts, or the bet would not be a fair one
    int order = Objects.equals(again, candidate) ? 0 : timesOf(candidate) - timesOf(again);
    strange += order < 0 ? 1 : 0;
    usual += order > 0 ? 1 : 0;
  }

  /// Remembers that the legacy gave a value.
  void give(@Nullable String value) {
    int at = placeOf(value);
    if (at == distinct && distinct < GIVEN) {
      given[distinct++] = hash(value);
    }
    if (at < distinct) {
      times[at]++;
    }
  }

  private int timesOf(@Nullable String value) {
    int at = placeOf(value);
    return at < distinct ? times[at] : 0;
  }

  private int placeOf(@Nullable String value) {
    long hash = hash(value);
    int at = 0;
    while (at < distinct && given[at] != hash) {
      at++;
    }
    return at;
  }

  private static long hash(@Nullable String value) {
    return value == null ? 0 : JsonTape.mix(value.hashCode() * 31L + value.length());
  }

  /// The e-value of the candidate being another than the legacy, as a natural logarithm.
  double logE() {
    return PairedTest.logE(against, inFavour, strange, usual);
  }

  /// The most that [#logE] could be after so many samples that tell anything, whatever they told.
  double mostLogE() {
    return PairedTest.logE(against + inFavour, 0, strange + usual, 0);
  }

  long against() {
    return against;
  }

  long inFavour() {
    return inFavour;
  }

  long disagreements() {
    return disagreements;
  }

  Instant last() {
    return last;
  }

  boolean expired(Instant now, Duration expiry) {
    return last.plus(expiry).isBefore(now);
  }

  /// The field's class, once there is enough to say so.
  ///
  /// Values that come again are states that change, not tokens; and what differs in few answers
  /// only is a row that somebody changed between two questions, unless a clock wrote it.
  ///
  /// @param samples double samples of the field's answers
  /// @param enough disagreements that are needed
  Optional<VolatileClass> volatileClass(long samples, int enough) {
    VolatileClass known = found;
    if (unclassified || known == null || disagreements < enough) {
      return Optional.empty();
    }
    boolean often = disagreements * 2 >= samples;
    boolean fresh = repeated * 10 <= disagreements;
    boolean sure =
        switch (known) {
          case VolatileClass.Time _ -> near || (often && fresh);
          case VolatileClass.Counter _ -> often && growing && fresh;
          case VolatileClass.Uuid _, VolatileClass.Token _ -> often && fresh;
        };
    return sure ? Optional.of(known) : Optional.empty();
  }

  /// Whether the order of an array is drawn anew for each answer. Two orders of two elements agree
  /// half of the time.
  boolean isUnordered(long samples, int enough) {
    return disagreements >= enough && disagreements * 4 >= samples;
  }
}
