package dev.banyan.proxy.transport;

import dev.banyan.proxy.ServiceOptions;
import dev.banyan.proxy.Versions;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Which versions of one service answer on one event loop, by the header that says so.
///
/// A version that was told within the last second is recognized without allocating anything, also
/// while a deploy has two of them alternate. Used by that loop alone.
final class VersionSight {
  private static final long AGAIN = Duration.ofSeconds(1).toNanos();

  /// Versions of one service that are told apart; with more of them the oldest is told anew.
  private static final int KNOWN = 4;

  /// The most that is told in a second: a header that differs in each answer names no version.
  private static final int MOST = 16;

  /// The longest version, in characters; what is longer is none.
  private static final int LONGEST = 128;

  private final String service;
  private final @Nullable AsciiString header;
  private final Versions versions;

  private final @Nullable String[] known = new @Nullable String[KNOWN];

  private final long[] toldAt = new long[KNOWN];
  private long second;
  private int told;

  VersionSight(ServiceOptions options, Versions versions) {
    this.service = options.name();
    String name = options.versionHeader();
    this.header = name == null ? null : AsciiString.cached(name);
    this.versions = versions;
  }

  /// An answer's head has come.
  void answered(HttpHeaders head, long nanos) {
    if (header != null) {
      look(header, head, nanos);
    }
  }

  private void look(AsciiString name, HttpHeaders head, long nanos) {
    for (int i = 0; i < KNOWN; i++) {
      String version = known[i];
      if (version != null && head.contains(name, version, false)) {
        if (nanos - toldAt[i] >= AGAIN) {
          tell(i, version, nanos);
        }
        return;
      }
    }
    String version = head.get(name);
    if (version != null && !version.isEmpty() && version.length() <= LONGEST) {
      tell(oldest(), version, nanos);
    }
  }

  private int oldest() {
    int oldest = 0;
    for (int i = 0; i < KNOWN; i++) {
      if (known[i] == null) {
        return i;
      }
      if (toldAt[i] - toldAt[oldest] < 0) {
        oldest = i;
      }
    }
    return oldest;
  }

  private void tell(int at, String version, long nanos) {
    if (told == 0 || nanos - second >= AGAIN) {
      second = nanos;
      told = 0;
    }
    if (told < MOST) {
      told++;
      known[at] = version;
      toldAt[at] = nanos;
      versions.seen(service, version);
    }
  }
}
