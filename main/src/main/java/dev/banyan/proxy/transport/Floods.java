package dev.banyan.proxy.transport;

import java.util.concurrent.TimeUnit;

/// Counts what a client of HTTP/2 does that costs it next to nothing and the gateway something. A
/// client over one of the bounds is cut off.
///
/// The bounds are our choice. It belongs to one connection and its event loop.
final class Floods {
  /// Over how long frames are counted together.
  static final long WINDOW = TimeUnit.SECONDS.toNanos(10);

  /// Streams that may be reset within one window, by the client or for its faults: CVE-2023-44487
  /// and CVE-2025-8671 start requests and take them back at once.
  static final int RESETS = 200;

  /// Frames within one window that ask for an answer, or for nothing: PING, SETTINGS, PRIORITY, and
  /// what still comes for streams that have ended.
  static final int CONTROL_FRAMES = 1_000;

  /// DATA frames in a row without data and without an end.
  static final int EMPTY_FRAMES = 100;

  /// CONTINUATION frames of one block that bring next to nothing; the decoder counts them.
  static final int CONTINUATIONS = 16;

  private long windowBegan;
  private int resets;
  private int controls;
  private int empty;

  /// Whether one more reset is one too many.
  boolean reset(long now) {
    turn(now);
    return ++resets > RESETS;
  }

  /// Whether one more of the frames of [#CONTROL_FRAMES] is one too many.
  boolean control(long now) {
    turn(now);
    return ++controls > CONTROL_FRAMES;
  }

  /// Whether one more DATA frame, empty or not, is one too many.
  boolean data(boolean isEmpty) {
    empty = isEmpty ? empty + 1 : 0;
    return empty > EMPTY_FRAMES;
  }

  private void turn(long now) {
    if (now - windowBegan > WINDOW) {
      windowBegan = now;
      resets = 0;
      controls = 0;
    }
  }
}
