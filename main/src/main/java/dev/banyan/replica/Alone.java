package dev.banyan.replica;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/// One process that has its store to itself: it is always the controller, and what is in force here
/// is in force everywhere.
///
/// @param address where its control API is
public record Alone(String name, String address, Instant started, InstantSource clock)
    implements Replicas {

  @Override
  public boolean controls() {
    return true;
  }

  @Override
  public OptionalLong term() {
    return OptionalLong.empty();
  }

  @Override
  public Acknowledged await(long seq, Duration atMost) {
    return new Acknowledged(1, 1, true, Duration.ZERO);
  }

  @Override
  public Fleet fleet() {
    return new Fleet(
        List.of(new Fleet.Member(name, address, started, clock.instant(), true, 0, Set.of(), true)),
        name,
        0);
  }
}
