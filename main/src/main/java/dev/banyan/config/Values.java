package dev.banyan.config;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The values of one group of keys. A key is missing where it was not written and has no default,
/// or where what was written is a problem.
final class Values {
  private final Map<String, Placed<?>> byName;

  Values(Map<String, Placed<?>> byName) {
    this.byName = new HashMap<>(byName);
  }

  @SuppressWarnings("unchecked") // A key's value was read by that key's own type.
  <T> Optional<Placed<T>> placed(Key<T> key) {
    return Optional.ofNullable((Placed<T>) byName.get(key.name()));
  }

  <T> Optional<T> find(Key<T> key) {
    return placed(key).map(Placed::value);
  }

  /// The value of a key that has a default or is required, in a file without problems.
  <T> T get(Key<T> key) {
    return find(key)
        .orElseThrow(() -> new IllegalStateException("no value for '" + key.name() + "'"));
  }
}
