package dev.banyan.config;

/// A value and where it stands, so that later checks can point at it.
///
/// @param place for a default, the place of the section that lacks the key
/// @param written the text as it stands in the file; empty for what is not text, and for a default
record Placed<T>(T value, Place place, String written) {

  /// Whether the value, or a part of it, came from outside the file and so may be a secret.
  boolean filledIn() {
    return written.contains("${");
  }
}
