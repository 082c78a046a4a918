package dev.banyan.transfer.plan;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// Visits every state that a world can get to, nearest first, so that what goes wrong is shown by
/// its shortest trace.
///
/// States are told apart by 64 bits of hash: of ten million states two are mistaken for each other
/// with a chance of three in a million.
final class Explorer {
  /// A state, with all that can happen next.
  interface World {
    List<Step> steps();

    void digest(Digest into);

    /// What must never be, and is; empty where all is well.
    Optional<String> broken();
  }

  record Step(Supplier<String> says, Supplier<? extends World> next) {}

  /// @param trace how it came to what is wrong, which is its last line; empty where all is well
  /// @param whole every state was visited
  record Outcome(int states, List<String> trace, boolean whole) {
    boolean sound() {
      return trace.isEmpty();
    }

    @Override
    public String toString() {
      return states + " states" + (whole ? "" : " (not all)") + "\n  " + String.join("\n  ", trace);
    }
  }

  private final int limit;
  private final Visited visited = new Visited();

  /// @param limit states, at most
  Explorer(int limit) {
    this.limit = limit;
  }

  private record Place(World world, int number) {}

  Outcome explore(World... beginnings) {
    Deque<Place> frontier = new ArrayDeque<>();
    for (World each : beginnings) {
      enter(frontier, each, -1, 0);
    }
    while (!frontier.isEmpty()) {
      Place place = frontier.removeFirst();
      Optional<String> broken = place.world().broken();
      if (broken.isPresent()) {
        return new Outcome(visited.size(), trace(beginnings, place.number(), broken.get()), false);
      }
      if (visited.size() >= limit) {
        return new Outcome(visited.size(), List.of(), false);
      }
      List<Step> steps = place.world().steps();
      for (int i = 0; i < steps.size(); i++) {
        enter(frontier, steps.get(i).next().get(), place.number(), i);
      }
    }
    return new Outcome(visited.size(), List.of(), true);
  }

  private void enter(Deque<Place> frontier, World world, int from, int step) {
    Digest digest = new Digest();
    world.digest(digest);
    int number = visited.add(digest.value(), from, step);
    if (number >= 0) {
      frontier.addLast(new Place(world, number));
    }
  }

  private List<String> trace(World[] beginnings, int last, String broken) {
    List<Integer> steps = new ArrayList<>();
    int at = last;
    while (visited.from(at) >= 0) {
      steps.add(visited.step(at));
      at = visited.from(at);
    }
    Collections.reverse(steps);
    List<String> says = new ArrayList<>();
    World world = beginnings[at];
    for (int step : steps) {
      Step taken = world.steps().get(step);
      says.add((says.size() + 1) + ". " + taken.says().get());
      world = taken.next().get();
    }
    says.add("=> " + broken);
    return says;
  }

  /// An open hash set of longs that remembers how each was come by.
  private static final class Visited {
    private long[] keys = new long[1 << 16];
    private int[] from = new int[1 << 15];
    private byte[] step = new byte[1 << 15];
    private int size;

    int size() {
      return size;
    }

    int from(int number) {
      return from[number];
    }

    int step(int number) {
      return step[number];
    }

    /// @return the new one's number, or -1 where it was there
    int add(long hash, int cameFrom, int by) {
      long key = hash == 0 ? 1 : hash;
      int slot = slot(keys, key);
      if (keys[slot] == key) {
        return -1;
      }
      if (size == from.length) {
        grow();
        slot = slot(keys, key);
      }
      keys[slot] = key;
      from[size] = cameFrom;
      step[size] = (byte) by;
      return size++;
    }

    private static int slot(long[] keys, long key) {
      int slot = (int) (key ^ key >>> 32) & keys.length - 1;
      while (keys[slot] != 0 && keys[slot] != key) {
        slot = slot + 1 & keys.length - 1;
      }
      return slot;
    }

    private void grow() {
      long[] wider = new long[keys.length * 2];
      for (int i = 0; i < keys.length; i++) {
        if (keys[i] != 0) {
          int slot = slot(wider, keys[i]);
          wider[slot] = keys[i];
        }
      }
      keys = wider;
      from = java.util.Arrays.copyOf(from, from.length * 2);
      step = java.util.Arrays.copyOf(step, step.length * 2);
    }
  }
}
