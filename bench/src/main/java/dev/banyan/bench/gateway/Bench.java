package dev.banyan.bench.gateway;

import dev.banyan.bench.machine.ProcessFigures;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/// Runs the cases: starts the contestants, warms them up, measures them in turn, stops them.
final class Bench {
  static final String RATE = "rate60";
  static final String START = "start";

  private static final double SHARE_OF_PEAK = 0.6;

  /// Rounds that may be added until Banyan has served enough for its memory to be looked at.
  private static final int MOST_EXTRA = 60;

  private static final Duration SETTLE = Duration.ofMillis(300);

  private final Site site;
  private final Options options;
  private final Upstream upstream;
  private final List<Contestant> contestants;
  private final PrintStream progress;
  private final Wrk wrk;
  private final H2Load h2load;
  private final Results results = new Results();

  /// How load is made.
  private interface Driver {
    Load drive(Running proxy, Duration time) throws IOException, InterruptedException;
  }

  Bench(
      Site site,
      Options options,
      Upstream upstream,
      List<Contestant> contestants,
      PrintStream progress)
      throws IOException {
    this.site = site;
    this.options = options;
    this.upstream = upstream;
    this.contestants = List.copyOf(contestants);
    this.progress = progress;
    this.wrk = new Wrk(site);
    this.h2load = new H2Load(site);
  }

  Results run() throws IOException, InterruptedException {
    for (Case what : Case.ALL) {
      if (!options.wants(what)) {
        if (options.only().isEmpty()) {
          results.skipped.put(what.name(), "is part of --full, or of --only " + what.name());
        }
      } else if (what.protocol() == Case.Protocol.HTTP2_TLS && H2Load.version().isEmpty()) {
        results.skipped.put(
            what.name(), "h2load is not installed (apt-get install nghttp2-client)");
      } else {
        run(what, (proxy, time) -> drive(what, proxy, time));
      }
    }
    if (options.wants(RATE)) {
      fixedRate();
    }
    if (options.wants(START)) {
      starts();
    }
    return results;
  }

  private Load drive(Case what, Running proxy, Duration time)
      throws IOException, InterruptedException {
    String url = proxy.url(what.path());
    return what.protocol() == Case.Protocol.HTTP2_TLS
        ? h2load.run(what, url, time)
        : wrk.run(what, url, time);
  }

  private void run(Case what, Driver driver) throws IOException, InterruptedException {
    List<Entrant> entrants = new ArrayList<>();
    try {
      for (Contestant contestant : contestants) {
        if (contestant.takes(what)) {
          entrants.add(new Entrant(contestant, contestant.start(site, upstream, what)));
        }
      }
      measure(what, entrants, driver);
      Map<String, Measured> measured = new LinkedHashMap<>();
      for (Entrant entrant : entrants) {
        measured.put(entrant.contestant.name(), entrant.measured());
      }
      results.cases.put(what.name(), new Results.Outcome(what, measured));
    } finally {
      entrants.forEach(entrant -> entrant.proxy.close());
    }
  }

  private void measure(Case what, List<Entrant> entrants, Driver driver)
      throws IOException, InterruptedException {
    for (Entrant entrant : entrants) {
      entrant.proxy.awaitAnswer(what.path());
      Load load = drive(what, entrant.proxy, options.plan().warmUp());
      entrant.served += load.requests();
      if (what.name().equals(RATE)) {
        // The load itself runs on a JVM here, and is to be warm too.
        entrant.served += driver.drive(entrant.proxy, options.plan().measure()).requests();
      }
    }
    Banyan.Compared before = compared(what, entrants);
    for (int round = 1; round <= options.plan().rounds(); round++) {
      StringBuilder line = new StringBuilder(what.name() + ", round " + round + ":");
      for (Entrant entrant : entrants) {
        Sample sample = entrant.sample(driver, options.plan().measure());
        line.append(
            " %s %.1f µs, %.0f/s;"
                .formatted(
                    entrant.contestant.name(), sample.cpuMicros(), sample.load().perSecond()));
      }
      progress.println(line);
    }
    if (what.shadow()) {
      results.compared = compared(what, entrants).since(before);
    }
    if (what.equals(Case.KEEPALIVE_300)) {
      goOn(entrants, driver);
    }
  }

  private static Banyan.Compared compared(Case what, List<Entrant> entrants) throws IOException {
    for (Entrant entrant : entrants) {
      if (what.shadow() && entrant.contestant instanceof Banyan) {
        return Banyan.compared(entrant.proxy);
      }
    }
    return Banyan.Compared.NOTHING;
  }

  /// More requests for Banyan, so that its memory is looked at after as many as the target says.
  private void goOn(List<Entrant> entrants, Driver driver)
      throws IOException, InterruptedException {
    Options.Plan plan = options.plan();
    for (Entrant entrant : entrants) {
      if (entrant.contestant instanceof Banyan) {
        for (int i = 0; i < MOST_EXTRA && entrant.served < plan.requests(); i++) {
          entrant.served += driver.drive(entrant.proxy, plan.measure()).requests();
        }
      }
    }
  }

  /// A contestant in one case.
  private static final class Entrant {
    final Contestant contestant;
    final Running proxy;
    final List<Sample> samples = new ArrayList<>();
    long served;

    Entrant(Contestant contestant, Running proxy) {
      this.contestant = contestant;
      this.proxy = proxy;
    }

    Sample sample(Driver driver, Duration time) throws IOException, InterruptedException {
      // What the one before has left to do is not this one's.
      LockSupport.parkNanos(SETTLE.toNanos());
      Process process = proxy.child().process();
      Duration before = ProcessFigures.of(process).cpu();
      Load load = driver.drive(proxy, time);
      Sample sample = new Sample(load, ProcessFigures.of(process).cpu().minus(before));
      samples.add(sample);
      served += load.requests();
      return sample;
    }

    Measured measured() throws IOException {
      long resident = ProcessFigures.of(proxy.child().process()).residentBytes();
      return new Measured(samples, resident, served);
    }
  }

  private void fixedRate() throws IOException, InterruptedException {
    Results.Outcome peak = results.cases.get(Case.KEEPALIVE_300.name());
    Measured nginx = peak == null ? null : peak.of("nginx");
    if (nginx == null) {
      results.skipped.put(RATE, "needs nginx's peak rate, from keepalive300");
      return;
    }
    int rate = (int) (SHARE_OF_PEAK * nginx.median(sample -> sample.load().perSecond()));
    Case what =
        new Case(
            RATE,
            "keep-alive, 300 B, " + rate + " requests/s (60 % of nginx's peak)",
            Case.KEEPALIVE_300.path(),
            Case.KEEPALIVE_300.connections(),
            false,
            false);
    try (OpenLoop load = new OpenLoop()) {
      run(what, (proxy, time) -> load.run(what, proxy.port(), rate, time));
    }
  }

  /// From the start of a process to its first proxied answer. Banyan's first start makes its store,
  /// so it is told apart.
  private void starts() throws IOException {
    Path data = site.folder("starts");
    for (int i = 0; i < options.plan().starts(); i++) {
      for (Contestant contestant : contestants) {
        if (contestant instanceof Banyan banyan) {
          if (i == 0) {
            results.firstStart = start(() -> banyan.start(site, upstream, data, false)).millis();
          }
          keep(contestant, start(() -> banyan.start(site, upstream, data, false)));
        } else {
          keep(contestant, start(() -> contestant.start(site, upstream, Case.KEEPALIVE_300)));
        }
      }
    }
  }

  private void keep(Contestant contestant, Results.Start start) {
    results.starts.computeIfAbsent(contestant.name(), name -> new ArrayList<>()).add(start);
  }

  private interface Starting {
    Running start() throws IOException;
  }

  private static Results.Start start(Starting starting) throws IOException {
    long from = System.nanoTime();
    try (Running running = starting.start()) {
      running.awaitAnswer(Case.KEEPALIVE_300.path());
      double millis = (System.nanoTime() - from) / 1e6;
      Duration cpu = ProcessFigures.of(running.child().process()).cpu();
      return new Results.Start(millis, cpu.toMillis());
    }
  }
}
