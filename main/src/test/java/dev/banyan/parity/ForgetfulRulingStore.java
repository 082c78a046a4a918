package dev.banyan.parity;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/// A store of rulings that forgets with the process, and can be out of order.
final class ForgetfulRulingStore implements RulingStore {
  private final Map<String, List<Ruling>> kept = new HashMap<>();
  boolean broken;

  @Override
  public List<Ruling> change(String family, UnaryOperator<List<Ruling>> changed) {
    if (broken) {
      throw new UncheckedIOException(new IOException("the disk is full"));
    }
    List<Ruling> next = List.copyOf(changed.apply(kept.getOrDefault(family, List.of())));
    kept.put(family, next);
    return next;
  }

  @Override
  public Map<String, List<Ruling>> load() {
    Map<String, List<Ruling>> all = new HashMap<>(kept);
    all.values().removeIf(List::isEmpty);
    return all;
  }
}
