package dev.banyan.proxy;

import java.nio.charset.StandardCharsets;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Names for a request: `X-Request-Id` and W3C `traceparent`, passed when sane and made otherwise.
///
/// Safe to use from any thread if its source of random numbers is.
public final class RequestIds {
  private static final int LONGEST = 128;
  private static final int TRACEPARENT = 55;
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.ISO_8859_1);

  private final LongSupplier randomness;

  /// @param randomness 64 random bits at each call
  public RequestIds(LongSupplier randomness) {
    this.randomness = randomness;
  }

  /// The client's id if it is short and plain, a fresh one of 32 hex digits otherwise.
  public String idOr(@Nullable CharSequence sent) {
    return sent != null && isSane(sent) ? sent.toString() : fresh();
  }

  private static boolean isSane(CharSequence id) {
    if (id.isEmpty() || id.length() > LONGEST) {
      return false;
    }
    for (int i = 0; i < id.length(); i++) {
      char c = id.charAt(i);
      // Visible ASCII that needs no escape in JSON, in logs or in HTML.
      if (c <= ' ' || c > '~' || "\"\\<>&'".indexOf(c) >= 0) {
        return false;
      }
    }
    return true;
  }

  private String fresh() {
    byte[] text = new byte[32];
    hex(randomness.getAsLong(), text, 0);
    hex(randomness.getAsLong(), text, 16);
    return new String(text, StandardCharsets.ISO_8859_1);
  }

  /// A trace of its own for a request that came without one. The flag says sampled, so that a
  /// backend whose sampler follows its parent goes on tracing.
  public String freshTraceparent() {
    byte[] text = new byte[TRACEPARENT];
    text[0] = '0';
    text[1] = '0';
    text[2] = '-';
    hex(randomness.getAsLong(), text, 3);
    hex(randomness.getAsLong() | 1, text, 19); // all zero would be invalid
    text[35] = '-';
    hex(randomness.getAsLong() | 1, text, 36);
    text[52] = '-';
    text[53] = '0';
    text[54] = '1';
    return new String(text, StandardCharsets.ISO_8859_1);
  }

  private static void hex(long bits, byte[] into, int at) {
    for (int i = 0; i < 16; i++) {
      into[at + i] = HEX[(int) (bits >>> (60 - 4 * i)) & 15];
    }
  }

  /// W3C Trace Context §3.2: `00-` 32 hex `-` 16 hex `-` 2 hex, neither id all zero; a later
  /// version may go on after a dash.
  public static boolean isTraceparent(CharSequence value) {
    if (value.length() < TRACEPARENT
        || (value.length() > TRACEPARENT
            && (startsWith(value, "00") || value.charAt(TRACEPARENT) != '-'))
        || startsWith(value, "ff")) {
      return false;
    }
    boolean trace = false;
    boolean span = false;
    for (int i = 0; i < TRACEPARENT; i++) {
      char c = value.charAt(i);
      if (i == 2 || i == 35 || i == 52) {
        if (c != '-') {
          return false;
        }
      } else if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f')) {
        return false;
      } else if (c != '0') {
        trace |= i > 2 && i < 35;
        span |= i > 35 && i < 52;
      }
    }
    return trace && span;
  }

  private static boolean startsWith(CharSequence value, String two) {
    return value.charAt(0) == two.charAt(0) && value.charAt(1) == two.charAt(1);
  }
}
