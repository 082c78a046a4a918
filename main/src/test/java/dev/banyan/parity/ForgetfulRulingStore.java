package dev.banyan.parity;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A store of rulings that forgets with the process, and can be out of order.
final class ForgetfulRulingStore implements RulingStore {
  private final Map<String, List<Ruling>> kept = new HashMap<>();
  boolean broken;

  @Override
  public void save(String family, List<Ruling> rulings) {
    if (broken) {
      throw new UncheckedIOException(new IOException("the disk is full"));
    }
    kept.put(family, List.copyOf(rulings));
  }

  @Override
  public Map<String, List<Ruling>> load() {
    Map<String, List<Ruling>> all = new HashMap<>(kept);
    all.values().removeIf(List::isEmpty);
    return all;
  }
}
