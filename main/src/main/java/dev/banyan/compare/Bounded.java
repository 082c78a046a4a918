package dev.banyan.compare;

import java.util.LinkedHashMap;
import java.util.Map;

/// A map that forgets what was put in first once it is full. Used by one thread.
final class Bounded<K, V> extends LinkedHashMap<K, V> {
  private static final long serialVersionUID = 1L;
  private final int most;

  Bounded(int most) {
    super(16, 0.75f, false);
    this.most = most;
  }

  @Override
  protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
    return size() > most;
  }
}
