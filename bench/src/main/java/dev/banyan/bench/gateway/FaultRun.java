package dev.banyan.bench.gateway;

import dev.banyan.bench.machine.ProcessFigures;
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
/// nothing but the fault differs: a candidate that is well is the same program. A third Banyan has
/// no shadow, to see what shadowing costs in itself.
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
  record Round(Sample healthy, Sample faulty) {
    double ratio() {
      return p99Millis(faulty) / p99Millis(healthy);
    }
  }

  static double p99Millis(Sample sample) {
    return sample.load().p99().toNanos() / 1e6;
  }

  /// All that was measured.
  ///
  /// @param alone pairs of a Banyan without a shadow and the one whose candidate is well
  record Figures(List<Round> alone, Map<Fault, Outcome> outcomes) {
    Figures {
      alone = List.copyOf(alone);
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
      return rounds.stream().mapToLong(round -> round.faulty().load().errors()).sum();
    }

    double ratio() {
      return Results.median(rounds, Round::ratio);
    }
  }

  Figures run() throws IOException, InterruptedException {
    int port = Site.freePort();
    Map<Fault, Outcome> outcomes = new LinkedHashMap<>();
    int well = Site.freePort();
    try (Child _ = FaultyCandidate.start(site, Fault.NONE, well);
        Running alone = banyan.start(site, upstream, Case.KEEPALIVE_300);
        Running healthy = banyan.start(site, withCandidate(well), Case.SHADOW_300);
        Running faulty = banyan.start(site, withCandidate(port), Case.SHADOW_300);
        OpenLoop load = new OpenLoop()) {
      warmUp(load, List.of(alone, healthy, faulty), port);
      List<Round> without = rounds("shadow", load, alone, healthy);
      for (Fault fault : Fault.values()) {
        try (Child candidate = FaultyCandidate.start(site, fault, port)) {
          load.run(Case.SHADOW_300, faulty.port(), RATE, plan.warmUp());
          outcomes.put(fault, run(fault, candidate, healthy, faulty, load));
        }
      }
      return new Figures(without, outcomes);
    }
  }

  private Upstream withCandidate(int port) {
    return new Upstream(upstream.what(), upstream.legacy(), port);
  }

  /// Of all alike, with a candidate that answers: what the compiler has not seen yet would be taken
  /// for the fault's doing.
  private void warmUp(OpenLoop load, List<Running> all, int port)
      throws IOException, InterruptedException {
    Duration time = plan.warmUp().multipliedBy(WARM_UPS);
    try (Child _ = FaultyCandidate.start(site, Fault.NONE, port)) {
      for (Running each : all) {
        each.awaitAnswer(Case.SHADOW_300.path());
        load.run(Case.SHADOW_300, each.port(), RATE, time);
      }
    }
  }

  private Outcome run(Fault fault, Child candidate, Running healthy, Running faulty, OpenLoop load)
      throws IOException, InterruptedException {
    ShadowFigures before = settled(faulty);
    List<Round> rounds = rounds(fault.key(), load, healthy, faulty);
    if (!candidate.process().isAlive()) {
      throw new IOException("the candidate has ended: " + candidate.said());
    }
    return new Outcome(rounds, resident(faulty), resident(healthy), settled(faulty).since(before));
  }

  /// Measures the two in turn.
  private List<Round> rounds(String name, OpenLoop load, Running first, Running second)
      throws IOException, InterruptedException {
    List<Round> rounds = new ArrayList<>();
    for (int i = 1; i <= plan.rounds(); i++) {
      Round round = new Round(measure(load, first), measure(load, second));
      rounds.add(round);
      progress.printf(
          "%s, round %d: p99 %.2f ms without, %.2f ms with; CPU per request %.0f µs, %.0f µs%n",
          name,
          i,
          p99Millis(round.healthy()),
          p99Millis(round.faulty()),
          round.healthy().cpuMicros(),
          round.faulty().cpuMicros());
    }
    return rounds;
  }

  private Sample measure(OpenLoop load, Running running) throws IOException, InterruptedException {
    // What the one before has left to do is not this one's.
    LockSupport.parkNanos(SETTLE.toNanos());
    Process process = running.child().process();
    Duration before = ProcessFigures.of(process).cpu();
    Load measured = load.run(Case.SHADOW_300, running.port(), RATE, plan.measure());
    return new Sample(measured, ProcessFigures.of(process).cpu().minus(before));
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
