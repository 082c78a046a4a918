package dev.banyan.replica;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;

/// What this replica saw and could not hand over yet, summed by family and epoch. Bounded: beyond
/// [#MOST] of them, or [Digest#MOST] bytes of one, what comes later is left out, which is less
/// evidence and never too much. For one thread.
final class Unsent {
  static final int MOST = 1_000;

  private final BinaryOperator<byte[]> sum;
  private final Map<Of, Digest> waiting = new LinkedHashMap<>();

  private record Of(String family, long epoch) {}

  /// @param sum of two digests' bytes
  Unsent(BinaryOperator<byte[]> sum) {
    this.sum = sum;
  }

  void add(Collection<Digest> more) {
    for (Digest digest : more) {
      Of of = new Of(digest.family(), digest.epoch());
      if (waiting.containsKey(of) || waiting.size() < MOST) {
        waiting.merge(of, digest, this::both);
      }
    }
  }

  private Digest both(Digest one, Digest other) {
    byte[] bytes = sum.apply(one.bytes(), other.bytes());
    return bytes.length > Digest.MOST
        ? one
        : new Digest(one.replica(), one.family(), one.epoch(), bytes);
  }

  /// All that waits, which then waits no longer.
  List<Digest> take() {
    List<Digest> all = List.copyOf(waiting.values());
    waiting.clear();
    return all;
  }
}
