package dev.banyan.routing;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import dev.banyan.migration.Weight;

/// Where a family's sticky unit is read from: the thing that must always meet the same side.
///
/// A unit's bucket is a stable hash of the family's salt and the unit. The candidate has the
/// buckets below its weight, so raising the weight never moves a unit back to the legacy.
public sealed interface Sticky {

  /// A request header's value.
  record Header(String name) implements Sticky {}

  /// A cookie's value.
  record Cookie(String name) implements Sticky {}

  /// The client's address.
  record Ip() implements Sticky {}

  /// Reads `header:NAME`, `cookie:NAME` or `ip`.
  ///
  /// @throws IllegalArgumentException with a message for users, when the text is none of these
  static Sticky parse(String text) {
    if (text.equals("ip")) {
      return new Ip();
    }
    int colon = text.indexOf(':');
    String kind = colon < 0 ? "" : text.substring(0, colon);
    String name = text.substring(colon + 1).strip();
    if (!name.isEmpty() && kind.equals("header")) {
      return new Header(name);
    }
    if (!name.isEmpty() && kind.equals("cookie")) {
      return new Cookie(name);
    }
    throw new IllegalArgumentException(
        "'" + text + "' is not a sticky unit: header:NAME, cookie:NAME or ip");
  }

  /// The hash of one salt. Made once for a family, so that finding a bucket allocates nothing.
  static Hasher64 hasher(String salt) {
    return Hashing.xxh3_64(Hashing.xxh3_64().hashCharsToLong(salt));
  }

  /// The unit's hash, the same on every machine and after every restart; never 0, which stands for
  /// a request without a unit.
  static long hash(Hasher64 hasher, CharSequence unit) {
    long hash = hasher.hashCharsToLong(unit);
    return hash == 0 ? 1 : hash; // 0 and 1 have the same bucket
  }

  /// The bucket of a unit's hash, from 0 to [Weight#ALL] less one.
  static int bucketOf(long hash) {
    // The upper half of hash × buckets: even, and cheaper than a remainder.
    return (int) Math.unsignedMultiplyHigh(hash, Weight.ALL);
  }

  /// The unit's bucket.
  static int bucket(Hasher64 hasher, CharSequence unit) {
    return bucketOf(hash(hasher, unit));
  }
}
