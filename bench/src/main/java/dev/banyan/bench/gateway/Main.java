package dev.banyan.bench.gateway;

import dev.banyan.bench.machine.Figures;
import dev.banyan.bench.machine.GivingWay;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Where the side-by-side benchmark begins. Exit codes: 0 measured, 1 something failed, 2 usage, or
/// a program is missing that nothing can be measured without.
public final class Main {
  private Main() {}

  public static void main(String[] arguments) throws InterruptedException {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
    int code;
    try {
      code = run(Options.of(arguments), out, err);
    } catch (IllegalArgumentException e) {
      err.println("bench/gateway: " + e.getMessage() + "\n" + Options.USAGE);
      code = 2;
    } catch (IOException e) {
      // The message alone may be null, as with a refused connection of java.net.http.
      err.println("bench/gateway: " + e);
      code = 1;
    }
    System.exit(code);
  }

  private static int run(Options options, PrintStream out, PrintStream err)
      throws IOException, InterruptedException {
    if (options.help()) {
      out.print(Options.USAGE);
      return 0;
    }
    if (!options.faults() && Wrk.version().isEmpty()) {
      err.println("bench/gateway: wrk makes the load and is not installed (apt-get install wrk)");
      return 2;
    }
    Path checkout = Path.of(System.getProperty("banyan.checkout", ".")).toAbsolutePath();
    try (Site site = new Site(checkout)) {
      // Ctrl-C ends the JVM from here; what was started must not outlive it.
      Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(site::close));
      if (options.faults()) {
        faults(site, options, out, err);
        return 0;
      }
      List<Contestant> known = List.of(new Nginx(), new Haproxy(), new Banyan(checkout));
      List<Contestant> installed =
          known.stream().filter(each -> each.version().isPresent()).toList();
      Upstream upstream = Upstream.start(site);
      Map<String, Object> conditions = Conditions.of(options.plan(), upstream, known);
      Results results = new Bench(site, options, upstream, installed, err).run();
      for (Contestant contestant : known) {
        if (!installed.contains(contestant)) {
          results.skipped.put(contestant.name(), "not installed");
        }
      }
      Report report = new Report(conditions, results);
      report.print(out);
      Path json = options.json();
      if (json != null) {
        Figures.write(json, report.json());
      }
    }
    return 0;
  }

  private static void faults(Site site, Options options, PrintStream out, PrintStream err)
      throws IOException, InterruptedException {
    Options.Plan plan = options.plan().forFaults();
    Upstream upstream = Upstream.start(site);
    Banyan banyan = new Banyan(site.checkout());
    Map<String, Object> conditions = Conditions.of(plan, upstream, List.of(banyan));
    conditions.put("candidates", String.join(" ", GivingWay.command()));
    FaultReport report =
        new FaultReport(conditions, new FaultRun(site, plan, upstream, banyan, err).run());
    report.print(out);
    Path json = options.json();
    if (json != null) {
      Figures.write(json, report.json());
    }
  }
}
