package dev.banyan.bench.gateway;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/// What a faulty candidate costs those who are answered by the legacy.
///
/// Two Banyans shadow all that comes at a fixed rate: one to a candidate that is well, one to a
/// port where one faulty candidate comes after the other. They are measured in turn, A B A B;
/// nothing but the candidate differs.
final class FaultRun {
  /// About a tenth of what one event loop can do with everything shadowed: latencies then show who
  /// has to wait for whom, and not that there is no more room.
  static final int RATE = 3_000;

  private static final int WARM_UPS = 4;
  private static final Duration SETTLE = Duration.ofMillis(300);

  /// Second legs end within the 5 seconds of `shadow.deadline`.
  private static final Duration PENDING = Duration.ofSeconds(12);

  private final Site site;
  private final Options.Plan plan;
  private final Upstream upstream;
  private final Banyan banyan;
  private final PrintStream progress;

  FaultRun(Site site, Options.Plan plan, Upstream upstream, Banyan banyan, PrintStream progress) {
    this.site = site;
    this.plan = plan;
    this.upstream = upstream;
    this.banyan = banyan;
    this.progress = progress;
  }

  /// One pair of measurements, one after the other.
  record Round(Load healthy, Load faulty) {
    double ratio() {
      return (double) faulty.p99().toNanos() / healthy.p99().toNanos();
    }
  }

  /// What came of one fault.
  ///
  /// @param residentBytes of the Banyan with the faulty candidate, and of the other one
  record Outcome(
      List<Round> rounds, long residentBytes, long residentBytesHealthy, ShadowFigures shadow) {
    Outcome {
      rounds = List.copyOf(rounds);
    }

    long errors() {
      return rounds.stream().mapToLong(round -> round.faulty().errors()).sum();
    }

    double ratio() {
      return Results.median(rounds, Round::ratio);
    }
  }

  Map<Fault, Outcome> run() throws IOException, InterruptedException {
    int port = Site.freePort();
    Upstream faulted = new Upstream(upstream.what(), upstream.legacy(), port);
    Map<Fault, Outcome> outcomes = new LinkedHashMap<>();
    try (Running healthy = banyan.start(site, upstream, Case.SHADOW_300);
        Running faulty = banyan.start(site, faulted, Case.SHADOW_300);
        OpenLoop load = new OpenLoop()) {
      healthy.awaitAnswer(Case.SHADOW_300.path());
      faulty.awaitAnswer(Case.SHADOW_300.path());
      warmUp(load, healthy, faulty, port);
      for (Fault fault : Fault.values()) {
        try (Child candidate = FaultyCandidate.start(site, fault, port)) {
          load.run(Case.SHADOW_300, faulty.port(), RATE, plan.warmUp());
          outcomes.put(fault, run(fault, candidate, healthy, faulty, load));
        }
      }
    }
    return outcomes;
  }

  /// Of both alike, with a candidate that answers: what the compiler has not seen yet would be
  /// taken for the fault's doing.
  private void warmUp(OpenLoop load, Running healthy, Running faulty, int port)
      throws IOException, InterruptedException {
    Duration time = plan.warmUp().multipliedBy(WARM_UPS);
    try (Child _ = FaultyCandidate.start(site, Fault.TEN_TIMES_SLOWER, port)) {
      load.run(Case.SHADOW_300, healthy.port(), RATE, time);
      load.run(Case.SHADOW_300, faulty.port(), RATE, time);
    }
  }

  private Outcome run(Fault fault, Child candidate, Running healthy, Running faulty, OpenLoop load)
      throws IOException, InterruptedException {
    ShadowFigures before = settled(faulty);
    List<Round> rounds = new ArrayList<>();
    for (int i = 1; i <= plan.rounds(); i++) {
      Round round = new Round(measure(load, healthy), measure(load, faulty));
      rounds.add(round);
      progress.printf(
          "%s, round %d: p99 %.2f ms with a candidate that is well, %.2f ms%n",
          fault.key(), i, millis(round.healthy().p99()), millis(round.faulty().p99()));
    }
    if (!candidate.process().isAlive()) {
      throw new IOException("the candidate has ended: " + candidate.said());
    }
    return new Outcome(rounds, resident(faulty), resident(healthy), settled(faulty).since(before));
  }

  private Load measure(OpenLoop load, Running running) throws IOException, InterruptedException {
    // What the one before has left to do is not this one's.
    LockSupport.parkNanos(SETTLE.toNanos());
    return load.run(Case.SHADOW_300, running.port(), RATE, plan.measure());
  }

  static double millis(Duration time) {
    return time.toNanos() / 1e6;
  }

  private static long resident(Running running) throws IOException {
    return ProcessFigures.of(running.child().process()).residentBytes();
  }

  /// The counters once nothing is pending.
  private static ShadowFigures settled(Running running) throws IOException {
    long from = System.nanoTime();
    ShadowFigures figures = ShadowFigures.of(running);
    while (figures.inFlight() > 0 && System.nanoTime() - from < PENDING.toNanos()) {
      LockSupport.parkNanos(SETTLE.toNanos());
      figures = ShadowFigures.of(running);
    }
    return figures;
  }
}
