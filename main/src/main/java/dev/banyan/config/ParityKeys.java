package dev.banyan.config;

import dev.banyan.config.Type.Group;
import dev.banyan.config.Type.ListOf;
import dev.banyan.exchange.Difference;
import dev.banyan.migration.Endpoint;
import dev.banyan.migration.Severity;
import java.time.LocalDate;
import java.util.List;

/// The keys of what a family's comparisons are held to.
final class ParityKeys {
  private ParityKeys() {}

  private static final int MOST_RULES = 1_000;

  /// The place that a rule is for.
  static final class At {
    private At() {}

    static final Key<Endpoint> ENDPOINT =
        Key.of(
                "endpoint",
                Scalars.endpoint(),
                "The endpoint that this holds for, as a route of the family names it. Left out, it"
                    + " holds for all of the family.")
            .example("GET /users/{id}");
    static final Key<String> WHERE =
        Key.of("where", Scalars.differencePlace(), "The place, exactly as a difference names it.")
            .asRequired()
            .example("body:$.updated_at");
    static final Key<Difference.Kind> KIND =
        Key.of(
                "kind",
                Scalars.word(Difference.Kind.class, Difference.Kind::word),
                "The kind of difference that this holds for. Left out, it holds for every kind.")
            .example("spelling");
  }

  /// Another severity than the usual one.
  static final class Severities {
    private Severities() {}

    static final Key<Severity> SEVERITY =
        Key.of(
                "severity",
                Scalars.word(Severity.class, Severity::word),
                "What a difference there is to be; a cosmetic one is not counted.")
            .asRequired()
            .example("cosmetic");
    static final Group GROUP = Group.of(At.ENDPOINT, At.WHERE, At.KIND, SEVERITY);
  }

  /// A difference that is accepted.
  static final class Accept {
    private Accept() {}

    static final Key<String> REASON =
        Key.of("reason", Scalars.text(1_000), "Why it may differ; shown wherever it is counted.")
            .asRequired()
            .example("the candidate rounds to the second, agreed with billing");
    static final Key<String> AUTHOR =
        Key.of("author", Scalars.text(100), "Who accepted it.").asRequired().example("ann");
    static final Key<LocalDate> UNTIL =
        Key.of(
                "until",
                Scalars.date(),
                "The last day, in UTC, on which it is accepted. `banyan check` warns of those that"
                    + " are over.")
            .asRequired()
            .example("2027-03-31");
    static final Group GROUP = Group.of(At.ENDPOINT, At.WHERE, At.KIND, REASON, AUTHOR, UNTIL);
  }

  static final Key<Double> LIMIT =
      Key.of(
              "limit",
              Scalars.share("0.001%", "99.999%"),
              "The share of answers that may differ. The parity gate proves that it is less.")
          .standard("1%")
          .atLimit("The gate holds the family where it is.")
          .example("0.1%");
  static final Key<Double> COVERAGE =
      Key.of(
              "coverage",
              Scalars.share("0%", "100%"),
              "The share of what was to be compared that must have been: raced and dropped"
                  + " exchanges are missing from it.")
          .standard("50%")
          .atLimit("The gate holds the family where it is.")
          .example("80%");
  static final Key<List<Placed<Values>>> SEVERITIES =
      Key.of(
              "severities",
              new ListOf<>(Severities.GROUP, 0, MOST_RULES),
              "Severities in place of the usual ones, each for one exact place. Where several fit,"
                  + " one for the endpoint goes before one for all, then one for the kind before"
                  + " one for every kind.")
          .standard("[]")
          .example("[{ where: \"header:etag\", severity: cosmetic }]");
  static final Key<List<Placed<Values>>> ACCEPT =
      Key.of(
              "accept",
              new ListOf<>(Accept.GROUP, 0, MOST_RULES),
              "Differences that are accepted for a while. They are counted all the same; an"
                  + " exchange that differs nowhere else counts as matched.")
          .standard("[]")
          .example(
              "[{ where: \"body:$.at\", reason: no fractions, author: ann, until: 2027-03-31 }]");
  static final Group GROUP = Group.of(LIMIT, COVERAGE, SEVERITIES, ACCEPT);
}
