package dev.banyan.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/// A value that must not be shown: [#toString] says only that there is one.
///
/// @param reveal the value itself; the one way to it, so that a reader sees where it is used
public record Secret(String reveal) {

  /// Whether somebody showed this secret. Takes the same time however much of it was right.
  public boolean matches(String shown) {
    return MessageDigest.isEqual(
        reveal.getBytes(StandardCharsets.UTF_8), shown.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public String toString() {
    return "[secret]";
  }
}
