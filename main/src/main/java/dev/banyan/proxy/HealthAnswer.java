package dev.banyan.proxy;

import java.time.Duration;

/// What came of asking an address by its health path.
public sealed interface HealthAnswer {
  /// It answered.
  record Said(int status) implements HealthAnswer {}

  /// It did not answer in time.
  record Late(Duration patience) implements HealthAnswer {}

  /// Nothing listens there.
  record Refused() implements HealthAnswer {}

  /// It failed in another way.
  ///
  /// @param detail for operators
  record Failed(String detail) implements HealthAnswer {}

  /// Whether it is well.
  default boolean isWell() {
    return this instanceof Said(int status) && status / 100 == 2;
  }
}
