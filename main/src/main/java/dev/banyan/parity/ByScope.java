package dev.banyan.parity;

import dev.banyan.exchange.Difference.Kind;
import dev.banyan.migration.Endpoint;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Values by scope, found by a difference that may lie in several: the most exact one wins. One for
/// the endpoint goes before one for all, then one for the kind before one for every kind.
///
/// Filled by one thread, then only read.
final class ByScope<T> {
  private record Key(@Nullable Endpoint endpoint, String where, @Nullable Kind kind) {}

  private final Map<Key, T> values = new HashMap<>();

  /// @return whether the scope was free
  boolean put(Scope scope, T value) {
    Key key = new Key(scope.endpoint().orElse(null), scope.where(), scope.kind().orElse(null));
    return values.putIfAbsent(key, value) == null;
  }

  /// The value of the most exact scope around a difference whose value will do, or null.
  @Nullable T at(Endpoint endpoint, String where, Kind kind, Predicate<T> does) {
    if (values.isEmpty()) {
      return null;
    }
    T found = one(new Key(endpoint, where, kind), does);
    if (found == null) {
      found = one(new Key(endpoint, where, null), does);
    }
    if (found == null) {
      found = one(new Key(null, where, kind), does);
    }
    return found == null ? one(new Key(null, where, null), does) : found;
  }

  private @Nullable T one(Key key, Predicate<T> does) {
    T value = values.get(key);
    return value == null || !does.test(value) ? null : value;
  }
}
