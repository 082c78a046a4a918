package dev.banyan.proxy;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// When the units of one family wrote last, and up to when every write has come to the other side.
///
/// No write has a position of its own. Now and then the owner's position is taken: a position that
/// was taken at a time is behind every write that was answered before that time, so that once the
/// change stream has passed it, all those writes have come over. One number, the time of the newest
/// position that was passed, then answers for every unit.
///
/// Units are bounded: the oldest goes for a new one, and is treated for as long as `after_write` as
/// if it had just written, as is every unit that is not known. Event loops write and ask, without
/// waiting; one thread at a time calls [#refresh].
final class FamilyWrites {
  /// Units that are remembered.
  static final int UNITS = 65_536;

  /// Positions that were taken and have not been passed. Beyond it every other one goes.
  static final int POSITIONS = 64;

  /// A moment by both clocks.
  ///
  /// @param nanos monotonic, of this process
  /// @param millis since 1970, as tokens have them
  record Moment(long nanos, long millis) {}

  private record Taken(Moment at, long position) {}

  private static final class Unit {
    final long hash;
    final AtomicLong wrote;

    /// When it was put in line to be forgotten.
    long lined;

    Unit(long hash, long now) {
      this.hash = hash;
      this.wrote = new AtomicLong(now);
      this.lined = now;
    }

    /// It has written at a time. Event loops may come to tell of two writes in the wrong order.
    void wrote(long now) {
      wrote.accumulateAndGet(now, FamilyWrites::later);
    }
  }

  /// The later of two times of a clock that may wrap around.
  private static long later(long one, long other) {
    return other - one > 0 ? other : one;
  }

  private final int most;
  private final Map<Long, Unit> units = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<Unit> line = new ConcurrentLinkedQueue<>();
  private final AtomicInteger count = new AtomicInteger();

  /// When the newest write of a unit that had to be forgotten was; [#never] while there was none.
  private final AtomicLong forgotten = new AtomicLong();

  private volatile boolean never = true;

  private volatile @Nullable Moment passed;
  private volatile boolean wanted;
  private volatile long epoch;
  private volatile long afterWrite;
  private final Deque<Taken> taken = new ArrayDeque<>();
  private long takenIn;

  /// @param most units that are remembered
  FamilyWrites(int most) {
    this.most = most;
  }

  /// A unit's write has been answered.
  ///
  /// @param hash of the unit, or [StickyUnit#NONE] where the write belongs to none
  void wrote(long hash, long in, Duration bound, long now) {
    epoch = in;
    afterWrite = bound.toNanos();
    wanted = true;
    if (hash == StickyUnit.NONE) {
      return;
    }
    Unit known = units.get(hash);
    if (known != null) {
      known.wrote(now);
      if (!known.equals(units.get(hash))) {
        remember(hash, now); // it was forgotten meanwhile
      }
    } else {
      remember(hash, now);
    }
  }

  private void remember(long hash, long now) {
    Unit fresh = new Unit(hash, now);
    Unit known = units.putIfAbsent(hash, fresh);
    if (known != null) {
      known.wrote(now);
      return;
    }
    line.add(fresh);
    if (count.incrementAndGet() > most) {
      forgetOne();
    }
  }

  /// Forgets the unit whose write is the oldest, as far as a few looks find it.
  private void forgetOne() {
    for (int looks = 0; ; looks++) {
      Unit oldest = line.poll();
      if (oldest == null) {
        return;
      }
      long wrote = oldest.wrote.get();
      if (wrote != oldest.lined && looks < 4) {
        oldest.lined = wrote; // it has written again since
        line.add(oldest);
        continue;
      }
      drop(oldest);
      if (!isPassed(wrote)) {
        if (never) {
          forgotten.set(wrote);
          never = false;
        }
        forgotten.accumulateAndGet(wrote, FamilyWrites::later);
      }
      return;
    }
  }

  private void drop(Unit unit) {
    units.remove(unit.hash, unit);
    count.decrementAndGet();
  }

  private boolean isPassed(long wrote) {
    Moment until = passed;
    return until != null && wrote - until.nanos() < 0;
  }

  /// Whether the other side may not have what a unit wrote last.
  ///
  /// @param until whether it stays so until the change stream has passed the write, however long
  ///   that takes; otherwise for `bound` at most
  boolean isBehind(long hash, boolean until, Duration bound, long now) {
    Unit unit = units.get(hash);
    if (unit == null) {
      return !never && now - forgotten.get() < bound.toNanos();
    }
    long wrote = unit.wrote.get();
    boolean behind = !isPassed(wrote) && (until || now - wrote < bound.toNanos());
    if (behind) {
      wanted = true;
    }
    return behind;
  }

  /// The same of a write that a token tells of.
  ///
  /// @param millis the latest that it can have been answered
  boolean isBehind(long millis) {
    Moment until = passed;
    boolean behind = until == null || millis >= until.millis();
    if (behind) {
      wanted = true;
    }
    return behind;
  }

  /// Takes a position if there is something to be known, and looks which of those taken have been
  /// passed. May wait.
  ///
  /// @param now the time before this call
  void refresh(String family, Freshness freshness, Moment now) {
    long in = epoch;
    if (in != takenIn) {
      taken.clear(); // they may have been of another owner
      takenIn = in;
    }
    if (!freshness.follows(family)) {
      taken.clear();
      forgetBefore(now.nanos() - afterWrite);
      return;
    }
    if (wanted) {
      wanted = false;
      thin();
      taken.addLast(new Taken(now, freshness.positionAfter(family)));
    }
    Taken next;
    while ((next = taken.peekFirst()) != null && freshness.passed(family, next.position())) {
      taken.removeFirst();
      if (in == epoch) {
        passed = next.at();
      }
    }
    Moment until = passed;
    if (until != null) {
      forgetBefore(until.nanos());
    }
  }

  private void thin() {
    if (taken.size() >= POSITIONS) {
      Deque<Taken> half = new ArrayDeque<>();
      boolean keep = true;
      for (Taken each : taken) {
        if (keep) {
          half.add(each);
        }
        keep = !keep;
      }
      taken.clear();
      taken.addAll(half);
    }
  }

  private void forgetBefore(long nanos) {
    for (int left = count.get(); left > 0; left--) {
      Unit oldest = line.poll();
      if (oldest == null) {
        return;
      }
      long wrote = oldest.wrote.get();
      if (wrote - nanos < 0) {
        drop(oldest);
        if (oldest.wrote.get() != wrote) {
          remember(oldest.hash, oldest.wrote.get()); // it wrote while it was being forgotten
        }
      } else if (wrote == oldest.lined) {
        line.add(oldest);
        return; // those behind it are younger, but for what was moved
      } else {
        oldest.lined = wrote;
        line.add(oldest);
      }
    }
  }

  /// Units that are remembered now.
  int size() {
    return count.get();
  }
}
