package dev.banyan.routing;

import java.time.Duration;

/// A family whose sides each have data of their own, kept in step by a change stream.
///
/// @param readYourWrites how a unit is known again that wrote something which the side that answers
///   its reads may not have yet
/// @param afterWrite for how long after its write a unit is read to by the owner where nothing
///   better is known of it
public record OwnData(ReadYourWrites readYourWrites, Duration afterWrite) {
  /// What a unit's write leaves behind.
  public enum ReadYourWrites {
    /// A cookie for browsers to send again.
    COOKIE,
    /// A header for programs to send again.
    HEADER,
    /// Nothing: this process remembers the sticky unit until the stream has passed its write.
    UNIT,
    /// Nothing, and nothing is remembered: reads go where the phase says.
    OFF
  }
}
