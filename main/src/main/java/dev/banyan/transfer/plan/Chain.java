package dev.banyan.transfer.plan;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A list that is never changed and grows at its end in no time: what came before is shared.
final class Chain<T> {
  private final @Nullable Chain<T> before;
  private final @Nullable T last;
  private final int size;

  private Chain(@Nullable Chain<T> before, @Nullable T last, int size) {
    this.before = before;
    this.last = last;
    this.size = size;
  }

  static <T> Chain<T> empty() {
    return new Chain<>(null, null, 0);
  }

  static <T> Chain<T> of(List<T> all) {
    Chain<T> chain = empty();
    for (T each : all) {
      chain = chain.plus(each);
    }
    return chain;
  }

  Chain<T> plus(T next) {
    return new Chain<>(this, next, size + 1);
  }

  int size() {
    return size;
  }

  Chain<T> where(Predicate<T> keeps) {
    return of(list().stream().filter(keeps).toList());
  }

  /// In the order in which they came.
  List<T> list() {
    List<T> all = new ArrayList<>(size);
    Chain<T> at = this;
    while (at != null && at.last != null) {
      all.add(at.last);
      at = at.before;
    }
    Collections.reverse(all);
    return Collections.unmodifiableList(all);
  }
}
