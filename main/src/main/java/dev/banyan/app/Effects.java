package dev.banyan.app;

import dev.banyan.exchange.Difference;
import dev.banyan.exchange.Exchange;
import dev.banyan.exchange.Leg;
import dev.banyan.exchange.Request;
import dev.banyan.exchange.Verdict;
import dev.banyan.migration.Severity;
import dev.banyan.migration.Side;
import dev.banyan.parity.Moments;
import dev.banyan.parity.Resource;
import dev.banyan.parity.Tolerance;
import dev.banyan.routing.Route;
import dev.banyan.shadow.Drop;
import dev.banyan.shadow.FollowUp;
import dev.banyan.shadow.FollowUp.Question;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Reads what one write was about on both sides, once it was carried out on both, and counts the
/// exchange: what its answers came to, and what its effects did.
///
/// The legacy is read before and after the sandbox. Where it disagrees with itself nothing is
/// proved; nor where another write may have reached the legacy and not yet the sandbox.
final class Effects {
  /// Before the place of a difference in what was read.
  static final String PREFIX = "effect:";

  static final String NOT_READ = "effect-not-read";
  static final String RACED = "effect-raced";

  private final Writes.Ports ports;
  private final FamilyWrites family;
  private final Exchange exchange;
  private final long period;
  private final Moments moments;
  private final Verdict answers;
  private final long lostBefore;

  Effects(
      Writes.Ports ports,
      FamilyWrites family,
      Exchange exchange,
      long period,
      Moments moments,
      Verdict answers,
      long lostBefore) {
    this.ports = ports;
    this.family = family;
    this.exchange = exchange;
    this.period = period;
    this.moments = moments;
    this.answers = answers;
    this.lostBefore = lostBefore;
  }

  /// What is to be asked, or null where no safe route of the family reads what was written, or
  /// where the sides did not do the same.
  @Nullable FollowUp reading(String legacy, String sandbox) {
    if (!(exchange.leg(Side.LEGACY) instanceof Leg.Answered left)
        || !(exchange.leg(Side.CANDIDATE) instanceof Leg.Answered right)
        || left.response().status() != right.response().status()
        || left.response().status() >= 500) {
      return null;
    }
    Optional<String> path = Resource.path(exchange.request(), left.response());
    Route route = path.map(at -> ports.table().inForce().match("GET", at)).orElse(null);
    if (route == null || !route.safe() || !family.family.equals(route.family())) {
      return null;
    }
    Request get = WriteRequests.get(exchange.request(), path.orElseThrow());
    Optional<Request> translated = family.ids.translate(get);
    if (translated.isEmpty()) {
      return null;
    }
    return new FollowUp(
        List.of(
            new Question(legacy, Side.LEGACY, get),
            new Question(sandbox, Side.CANDIDATE, translated.get()),
            new Question(legacy, Side.LEGACY, get)),
        legs -> read(route, get, legs),
        this::givenUp);
  }

  private void givenUp(Drop reason) {
    record(answers, NOT_READ);
  }

  private @Nullable FollowUp read(Route route, Request get, List<Leg> legs) {
    if (!legs.stream().allMatch(Leg.Answered.class::isInstance)) {
      record(answers, NOT_READ);
      return null;
    }
    Tolerance tolerance = family.ids.tolerance(route.endpoint()).or(moments);
    List<Difference> found = compare(route, get, legs.get(0), legs.get(1), tolerance);
    if (found.isEmpty()) {
      record(answers, null);
      return null;
    }
    Set<String> noisy =
        compare(route, get, legs.get(0), asCandidate(legs.get(2)), Tolerance.NONE).stream()
            .map(Difference::where)
            .collect(Collectors.toSet());
    if (noisy.contains("status") || family.mayBeBehind(get.target(), lostBefore)) {
      record(answers, RACED);
      return null;
    }
    record(
        with(
            answers,
            found.stream()
                .filter(difference -> !noisy.contains(difference.where()))
                .map(Effects::ofEffect)
                .toList()),
        null);
    return null;
  }

  private List<Difference> compare(
      Route route, Request get, Leg left, Leg right, Tolerance tolerance) {
    Exchange reading =
        new Exchange(
            exchange.id(), exchange.family(), exchange.epoch(), route.endpoint(), get, left, right);
    return ports.comparison().apply(reading, tolerance) instanceof Verdict.Mismatch mismatch
        ? mismatch.differences()
        : List.of();
  }

  private static Leg asCandidate(Leg leg) {
    return switch (leg) {
      case Leg.Answered answered ->
          new Leg.Answered(Side.CANDIDATE, answered.response(), answered.toHead(), answered.took());
      case Leg.Failed failed ->
          new Leg.Failed(Side.CANDIDATE, failed.failure(), failed.detail(), failed.took());
    };
  }

  private static Difference ofEffect(Difference difference) {
    return new Difference(
        PREFIX + difference.where(),
        difference.kind(),
        difference.severity(),
        difference.legacy(),
        difference.candidate());
  }

  private void record(Verdict verdict, @Nullable String without) {
    ports.book().record(exchange, period, verdict);
    if (without != null) {
      ports.book().skipped(family.family, period, without);
    }
  }

  /// A verdict with more differences. One that said nothing of the answers says so no longer if
  /// there is something to be told.
  static Verdict with(Verdict verdict, List<Difference> more) {
    if (more.stream().allMatch(difference -> difference.severity() == Severity.COSMETIC)) {
      return verdict;
    }
    List<Difference> all = new ArrayList<>();
    if (verdict instanceof Verdict.Mismatch mismatch) {
      all.addAll(mismatch.differences());
    }
    all.addAll(more);
    return new Verdict.Mismatch(all);
  }
}
