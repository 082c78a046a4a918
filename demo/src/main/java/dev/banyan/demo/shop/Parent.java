package dev.banyan.demo.shop;

import java.io.IOException;
import java.io.InputStream;

/// Ties a service's life to whoever holds the other end of its standard input.
///
/// A parent that is killed can tidy up nothing, but the kernel closes its pipes.
public final class Parent {
  private Parent() {}

  /// Waits until the input ends, however long that takes.
  public static void awaitEnd(InputStream input) {
    byte[] ignored = new byte[256];
    boolean open = true;
    while (open) {
      try {
        open = input.read(ignored) >= 0;
      } catch (IOException broken) {
        // A pipe that cannot be read has nobody at its other end either.
        open = false;
      }
    }
  }
}
