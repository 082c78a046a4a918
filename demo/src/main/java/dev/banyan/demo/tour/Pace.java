package dev.banyan.demo.tour;

import dev.banyan.demo.tour.Strike.Place;
import java.time.Duration;
import java.util.List;

/// How fast the tour goes.
///
/// @param soak the least time in each step
/// @param steps the weights of canary and writes
/// @param parityLimit the share of answers that may differ
/// @param turnsPerSecond see [dev.banyan.demo.traffic.Traffic]
/// @param rowsPerSecond how many rows the backfill may copy, so that it can be watched
/// @param between how long each owner of the rows works before they change sides again
/// @param pause for reading what was said
/// @param errorsAt where the first family's candidate begins to fail
/// @param latencyAt where the second family's candidate begins to be slow
record Pace(
    Duration soak,
    List<String> steps,
    String parityLimit,
    int turnsPerSecond,
    int rowsPerSecond,
    Duration between,
    Duration pause,
    Place errorsAt,
    Place latencyAt) {
  static final Pace FAST =
      new Pace(
          Duration.ofSeconds(1),
          List.of("4%", "25%", "100%"),
          "5%",
          400,
          20_000,
          Duration.ofSeconds(1),
          Duration.ZERO,
          new Place("canary", "25%"),
          new Place("canary", "25%"));
  static final Pace NORMAL =
      new Pace(
          Duration.ofSeconds(4),
          List.of("4%", "25%", "50%", "100%"),
          "2%",
          400,
          4_000,
          Duration.ofSeconds(4),
          Duration.ofSeconds(4),
          new Place("canary", "25%"),
          new Place("reads", null));

  Pace {
    steps = List.copyOf(steps);
  }
}
