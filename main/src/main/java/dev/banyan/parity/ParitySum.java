package dev.banyan.parity;

import dev.banyan.migration.Endpoint;
import dev.banyan.migration.ParityEvidence;
import dev.banyan.migration.ParityEvidence.EndpointParity;
import dev.banyan.migration.ParityEvidence.EndpointUnits;
import dev.banyan.migration.ParityEvidence.FieldDifference;
import dev.banyan.migration.ParityEvidence.Sample;
import dev.banyan.migration.Severity;
import dev.banyan.parity.ParityStore.Kept;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What several have counted of one family, as if one had: a unit that several have met is one.
public final class ParitySum {
  private record OfStatus(Endpoint endpoint, int status) {}

  private record Field(String where, String kind) {}

  private ParitySum() {}

  /// @param all at least one, of the same sides; what is said of a place in words is taken from the
  ///   first who says it
  /// @param samples the most that are kept of one difference
  public static Kept of(List<Kept> all, int samples) {
    Map<Endpoint, Units> units = new LinkedHashMap<>();
    all.forEach(
        one -> one.units().forEach((endpoint, each) -> units.merge(endpoint, each, Units::with)));
    return new Kept(all.getFirst().sides(), evidence(all, samples), units);
  }

  /// The same without what its units are counted from.
  static ParityEvidence evidence(List<Kept> all, int samples) {
    Map<Endpoint, List<Units>> units = new LinkedHashMap<>();
    for (Kept one : all) {
      one.units()
          .forEach((endpoint, each) ->
              units.computeIfAbsent(endpoint, _ -> new ArrayList<>()).add(each));
    }
    return evidence(
        all.stream().map(Kept::evidence).toList(),
        units.entrySet().stream().map(each -> Units.of(each.getKey(), each.getValue())).toList(),
        samples);
  }

  private static ParityEvidence evidence(
      List<ParityEvidence> all, List<EndpointUnits> units, int samples) {
    Map<OfStatus, List<EndpointParity>> endpoints = new LinkedHashMap<>();
    for (ParityEvidence one : all) {
      for (EndpointParity endpoint : one.endpoints()) {
        endpoints
            .computeIfAbsent(
                new OfStatus(endpoint.endpoint(), endpoint.status()), _ -> new ArrayList<>())
            .add(endpoint);
      }
    }
    return new ParityEvidence(
        all.stream().map(ParityEvidence::since).min(Instant::compareTo).orElseThrow(),
        sum(all, ParityEvidence::compared),
        sum(all, ParityEvidence::matched),
        sum(all, ParityEvidence::mismatched),
        sum(all, ParityEvidence::accepted),
        sum(all, ParityEvidence::raced),
        sum(all, ParityEvidence::skipped),
        sum(all, ParityEvidence::dropped),
        endpoints.entrySet().stream()
            .map(each -> endpoint(each.getKey(), each.getValue(), samples))
            .sorted(
                Comparator.comparingLong(EndpointParity::mismatched)
                    .reversed()
                    .thenComparing(endpoint -> endpoint.endpoint().toString())
                    .thenComparingInt(EndpointParity::status))
            .toList(),
        units);
  }

  private static <T> long sum(Collection<T> all, ToLongFunction<T> count) {
    return all.stream().mapToLong(count).sum();
  }

  private static Map<String, Long> sum(
      List<ParityEvidence> all, Function<ParityEvidence, Map<String, Long>> counts) {
    Map<String, Long> sum = new HashMap<>();
    all.forEach(
        one -> counts.apply(one).forEach((reason, count) -> sum.merge(reason, count, Long::sum)));
    return sum;
  }

  private static EndpointParity endpoint(OfStatus of, List<EndpointParity> all, int samples) {
    Map<Field, List<FieldDifference>> fields =
        all.stream()
            .flatMap(each -> each.differences().stream())
            .collect(
                Collectors.groupingBy(
                    each -> new Field(each.where(), each.kind()),
                    LinkedHashMap::new,
                    Collectors.toList()));
    return new EndpointParity(
        of.endpoint(),
        of.status(),
        sum(all, EndpointParity::compared),
        sum(all, EndpointParity::mismatched),
        sum(all, EndpointParity::accepted),
        fields.values().stream()
            .map(each -> field(each, samples))
            .sorted(
                Comparator.comparing(FieldDifference::severity)
                    .thenComparing(Comparator.comparingLong(FieldDifference::count).reversed())
                    .thenComparing(FieldDifference::where))
            .toList());
  }

  private static FieldDifference field(List<FieldDifference> all, int samples) {
    FieldDifference first = all.getFirst();
    return new FieldDifference(
        first.where(),
        first.kind(),
        all.stream().map(FieldDifference::severity).min(Severity::compareTo).orElseThrow(),
        sum(all, FieldDifference::count),
        said(all, FieldDifference::noise),
        said(all, FieldDifference::accepted),
        all.stream().anyMatch(FieldDifference::critical),
        samples(all, samples));
  }

  private static <T> @Nullable T said(
      List<FieldDifference> all, Function<FieldDifference, @Nullable T> what) {
    return all.stream().map(what).filter(Objects::nonNull).findFirst().orElse(null);
  }

  /// One of each in turn, so that no replica's hide the others'.
  private static List<Sample> samples(List<FieldDifference> all, int most) {
    List<Sample> samples = new ArrayList<>();
    int longest = all.stream().mapToInt(each -> each.samples().size()).max().orElse(0);
    for (int i = 0; i < longest; i++) {
      for (FieldDifference each : all) {
        if (i < each.samples().size() && samples.size() < most) {
          samples.add(each.samples().get(i));
        }
      }
    }
    return samples;
  }
}
