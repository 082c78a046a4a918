package dev.banyan.compare;

import dev.banyan.exchange.Difference;
import dev.banyan.exchange.Leg;
import dev.banyan.exchange.Request;
import dev.banyan.exchange.Response;
import dev.banyan.migration.Endpoint;
import dev.banyan.parity.Comparison;
import dev.banyan.parity.ComparisonLimits;
import dev.banyan.parity.Redaction;
import dev.banyan.requests.RecordedRequest;
import dev.banyan.requests.RequestFileException;
import dev.banyan.requests.RequestFiles;
import dev.banyan.requests.RequestSink;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Compares two systems with a file of requests: one request after the other, each sent to both
/// sides at once.
///
/// Values that a side has answered take the place of the recorded ones in its later requests
/// ([Player]); both answers are compared by the [Judge]; after a write that both sides carried out,
/// what it touched is read again ([Effects]). All is counted in a [Tally].
///
/// What a side does wrong is a difference and never an exception, but for a side to which no
/// connection can be made when it is asked for the first time. Memory is bounded, whatever the size
/// of the file. One thread runs a replay, once.
public final class Replay {

  /// What of one answer is looked at, in bytes. Askings must read that much and one byte more.
  public static final int BODY_LIMIT = ComparisonLimits.STANDARD.body();

  /// Reasons of skipped requests.
  static final String WRITE = "write-not-allowed";

  static final String PLACEHOLDER = "unresolved-placeholder";
  static final String LIMIT = "over-the-limit";

  /// @param redaction hides values in examples
  /// @param clock for dates in answers and in the report
  /// @param nanos a monotonic clock
  /// @param progress is told how many requests are done so far
  /// @param threads one for each side's answer; virtual ones, so that a wait can be broken off by
  ///   an interrupt
  public record Ports(
      Asking legacy,
      Asking candidate,
      Redaction redaction,
      InstantSource clock,
      LongSupplier nanos,
      LongConsumer progress,
      ExecutorService threads) {}

  /// Where the requests come from.
  interface Source {
    void read(RequestSink sink) throws RequestFileException;
  }

  /// Ends the reading of the file.
  private static final class Unreachable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unreachable(String message) {
      super(message, null, false, false);
    }
  }

  private final CompareOptions options;
  private final Ports ports;
  private final Source source;
  private final Player legacy;
  private final Player candidate;
  private final Pair pair;
  private final HandedOut handedOut;
  private final Optional<PairNoise> noise;
  private final Judge judge;
  private final Effects effects;
  private final Tally tally;
  private final PathTemplates templates = new PathTemplates();
  private long asked;

  public Replay(CompareOptions options, Ports ports) {
    this(options, ports, sink -> RequestFiles.read(options.requests(), options.format(), sink));
  }

  Replay(CompareOptions options, Ports ports, Source source) {
    this.options = options;
    this.ports = ports;
    this.source = source;
    Comparison comparison = Comparison.of();
    this.legacy = new Player(ports.legacy());
    this.candidate = new Player(ports.candidate());
    this.pair = new Pair(legacy, candidate, ports.threads(), options.timeout());
    this.handedOut = new HandedOut(options.legacy(), options.candidate());
    this.noise = options.pairNoise() ? Optional.of(new PairNoise(comparison)) : Optional.empty();
    this.judge = new Judge(comparison, handedOut, noise, ports.clock());
    this.effects = new Effects(pair, judge, handedOut, templates, options);
    this.tally = new Tally(options.values() ? null : ports.redaction());
  }

  /// Reads the file once, asks both sides request by request, and tells what differs.
  ///
  /// @throws RequestFileException if the file can not be read to its end
  /// @throws SideUnreachableException if no connection can be made for the first request
  public ComparisonReport run() throws RequestFileException, SideUnreachableException {
    Instant began = ports.clock().instant();
    long start = ports.nanos().getAsLong();
    try {
      source.read(new Sink());
    } catch (Unreachable e) {
      throw new SideUnreachableException(String.valueOf(e.getMessage()));
    }
    noise.ifPresent(each -> each.settle(ports.clock().instant(), templates::latest, tally::add));
    Tally.Totals totals =
        tally.totals(
            templates::latest,
            (endpoint, status, where, kind) ->
                noise.isEmpty() ? null : noise.get().rate(endpoint, status, where, kind));
    return new ComparisonReport(
        shown(options.legacy()),
        shown(options.candidate()),
        String.valueOf(options.requests().getFileName()),
        began,
        Duration.ofNanos(ports.nanos().getAsLong() - start),
        totals.compared(),
        totals.compared() - totals.mismatched(),
        totals.mismatched(),
        totals.raced(),
        totals.skipped(),
        totals.endpoints(),
        totals.habits(),
        totals.parity());
  }

  /// Without user and password.
  private static String shown(URI uri) {
    String text = uri.toString();
    return uri.getRawUserInfo() == null ? text : text.replace(uri.getRawUserInfo() + "@", "");
  }

  private final class Sink implements RequestSink {
    @Override
    public void request(RecordedRequest recorded) {
      tally.entry();
      if (asked >= options.most()) {
        tally.skip(LIMIT);
      } else if (!options.writes() && !Endpoint.isRead(recorded.request().method())) {
        tally.skip(WRITE);
      } else {
        play(recorded);
      }
    }

    @Override
    public void skipped(String place, String reason) {
      tally.entry();
      tally.skip(reason);
    }
  }

  private void play(RecordedRequest recorded) {
    Optional<Request> toLegacy = legacy.prepared(recorded.request());
    Optional<Request> toCandidate = candidate.prepared(recorded.request());
    if (toLegacy.isEmpty() || toCandidate.isEmpty()) {
      tally.skip(PLACEHOLDER);
      return;
    }
    Pair.Legs legs = pair.ask(toLegacy.get(), toCandidate.get());
    if (asked == 0) {
      requireReached(legs.legacy(), options.legacy());
      requireReached(legs.candidate(), options.candidate());
    }
    asked++;
    Judged judged =
        Endpoint.isRead(recorded.request().method())
            ? read(recorded, toLegacy.get(), toCandidate.get(), legs)
            : written(recorded, toLegacy.get(), toCandidate.get(), legs);
    heard(recorded, legs);
    if (noise.isPresent()) {
      noise.get().add(judged, ports.clock().instant(), tally::add);
    } else {
      tally.add(judged);
    }
    ports.progress().accept(asked);
  }

  private static void requireReached(Leg leg, URI base) {
    if (leg instanceof Leg.Failed failed && failed.failure() == Leg.Failure.CONNECT) {
      throw new Unreachable(
          "the "
              + failed.side().word()
              + " at "
              + shown(base)
              + " can not be reached: "
              + failed.detail());
    }
  }

  private Judged read(
      RecordedRequest recorded, Request toLegacy, Request toCandidate, Pair.Legs legs) {
    Endpoint endpoint = endpoint(recorded);
    Judge.Opinion opinion =
        judge.safe(
            endpoint, toLegacy, legs.legacy(), legs.candidate(), () -> pair.askLegacy(toLegacy));
    effects.read(toLegacy, toCandidate, opinion.differences());
    return judged(recorded, endpoint, toLegacy, legs.legacy(), opinion, opinion.differences());
  }

  private Judged written(
      RecordedRequest recorded, Request toLegacy, Request toCandidate, Pair.Legs legs) {
    Endpoint endpoint = endpoint(recorded);
    Optional<Response> left = Judge.answer(legs.legacy());
    Optional<Response> right = Judge.answer(legs.candidate());
    List<Difference> found = new ArrayList<>();
    boolean done =
        left.filter(Replay::carriedOut).isPresent() && right.filter(Replay::carriedOut).isPresent();
    if (done) {
      found.addAll(
          handedOut.learn(
              endpoint, toLegacy, toCandidate, left.orElseThrow(), right.orElseThrow()));
    }
    Judge.Opinion opinion = judge.compare(endpoint, toLegacy, legs.legacy(), legs.candidate());
    found.addAll(opinion.differences());
    if (done) {
      found.addAll(effects.of(toLegacy, toCandidate, left.orElseThrow(), right.orElseThrow()));
      if (toLegacy.method().equals("DELETE")) {
        handedOut.gone(toLegacy.target());
      }
    }
    return judged(recorded, endpoint, toLegacy, legs.legacy(), opinion, found);
  }

  private static boolean carriedOut(Response response) {
    return response.status() >= 200 && response.status() < 400;
  }

  private Endpoint endpoint(RecordedRequest recorded) {
    return templates.of(recorded.request().method(), recorded.request().target());
  }

  private Judged judged(
      RecordedRequest recorded,
      Endpoint endpoint,
      Request sent,
      Leg legacyLeg,
      Judge.Opinion opinion,
      List<Difference> differences) {
    String line =
        options.values()
            ? sent.method() + " " + sent.target()
            : ports.redaction().requestLine(sent, endpoint);
    // what was written decides, also where the answers themselves could not be compared
    boolean serious = new Judge.Opinion(Judged.COMPARED, differences, List.of()).differs();
    return new Judged(
        endpoint,
        Judge.status(legacyLeg),
        recorded.place(),
        line,
        serious ? Judged.COMPARED : opinion.outcome(),
        differences,
        opinion.forms());
  }

  private void heard(RecordedRequest recorded, Pair.Legs legs) {
    Request request = recorded.request();
    Optional<Response> left = Judge.answer(legs.legacy());
    Optional<Response> right = Judge.answer(legs.candidate());
    @Nullable Response played = recorded.answer();
    left.ifPresent(answer -> legacy.hear(request, answer, played));
    right.ifPresent(
        answer -> candidate.hear(request, answer, played != null ? played : left.orElse(null)));
    if (left.isPresent() && right.isPresent()) {
      handedOut.shown(left.get(), right.get());
    }
  }
}
