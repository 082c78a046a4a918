package dev.banyan.control;

import dev.banyan.cutover.Goal;
import dev.banyan.cutover.GoalReading;
import dev.banyan.exchange.Difference;
import dev.banyan.migration.Endpoint;
import dev.banyan.migration.ParityEvidence;
import dev.banyan.migration.ParityEvidence.EndpointParity;
import dev.banyan.migration.Severity;
import dev.banyan.parity.Acceptances;
import dev.banyan.parity.LearnedNoise;
import dev.banyan.parity.Noise;
import dev.banyan.parity.Ruling;
import dev.banyan.parity.Rulings;
import dev.banyan.parity.Scope;
import dev.banyan.parity.VolatileClass;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What comparing has shown, made up.
final class FakeEvidence {
  private static final Instant START = Instant.parse("2026-03-01T08:00:00Z");

  private FakeEvidence() {}

  static Rulings.Listed accepted() {
    return new Rulings.Listed(
        new Ruling.Accepted(
            new Acceptances.Entry(
                new Scope(Optional.empty(), "header:etag", Optional.of(Difference.Kind.VALUE)),
                "weak ones will do",
                "ann",
                LocalDate.parse("2026-06-30"))),
        Rulings.Origin.FILE,
        true);
  }

  static ParityEvidence parity() {
    return new ParityEvidence(
        START,
        9000,
        8991,
        9,
        5,
        12,
        Map.of("unsafe", 4L),
        Map.of("memory", 7L),
        List.of(
            new EndpointParity(new Endpoint("GET", "/users"), 200, 5000, 0, 5, List.of()),
            new EndpointParity(
                new Endpoint("GET", "/users/{id}"),
                200,
                4000,
                9,
                0,
                List.of(
                    new ParityEvidence.FieldDifference(
                        "body:$.id",
                        "type",
                        Severity.BREAKING,
                        9,
                        0.25,
                        null,
                        true,
                        List.of(
                            new ParityEvidence.Sample(
                                "GET /users/17", "number of 2 digits", "\"dd\"")))))));
  }

  static LearnedNoise noise() {
    return new LearnedNoise(
        List.of(
            new Noise.Rule(
                new Endpoint("GET", "/users/{id}"),
                200,
                "body:$.createdAt",
                new VolatileClass.Time("iso", 3, 3, "Z"),
                213,
                212,
                START.plus(Duration.ofDays(7)))),
        List.of(
            new Noise.Defect(
                new Endpoint("GET", "/users/{id}"),
                200,
                "body:$.rank",
                Difference.Kind.VALUE,
                41,
                3,
                9.5)));
  }

  static GoalReading goalNotReached() {
    return new GoalReading(
        Goal.P99,
        -0.3,
        41.0,
        36.1,
        -0.12,
        GoalReading.State.NOT_YET,
        "p99 -30% wanted: 36.1 ms (-12%), the legacy had 41.0 ms");
  }
}
