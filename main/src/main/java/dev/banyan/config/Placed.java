package dev.banyan.config;

/// A value and where it stands, so that later checks can point at it.
///
/// @param place for a default, the place of the section that lacks the key
record Placed<T>(T value, Place place) {}
