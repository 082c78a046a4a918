package dev.banyan.bench.transfer;

import dev.banyan.bench.machine.Figures;
import dev.banyan.bench.machine.Machine;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Where the benchmark of moving rows begins. Exit codes: 0 measured, 1 something failed, 2 usage.
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
    int code = 0;
    try {
      Options options = Options.of(arguments);
      if (options.help()) {
        out.print(Options.USAGE);
      } else {
        run(options, out, err);
      }
    } catch (IllegalArgumentException e) {
      err.println("bench/transfer: " + e.getMessage() + "\n" + Options.USAGE);
      code = 2;
    } catch (Exception e) {
      err.print("bench/transfer: ");
      e.printStackTrace(err);
      code = 1;
    }
    System.exit(code);
  }

  private static void run(Options options, PrintStream out, PrintStream err) throws Exception {
    try (Site site = Site.open()) {
      // Ctrl-C ends the JVM from here; what was started must not outlive it.
      Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> close(site, err)));
      Map<String, Object> conditions = Machine.conditions();
      site.create(options.rows());
      List<Rival> rivals = Rival.of(site);
      conditions.putAll(conditions(options, site, rivals));
      Results results = new Bench(site, options, rivals, err).run();
      conditions.put("load_after", Machine.load());
      Report report = new Report(conditions, results);
      report.print(out);
      Path json = options.json();
      if (json != null) {
        Figures.write(json, report.json());
      }
    }
  }

  private static void close(Site site, PrintStream err) {
    try {
      site.close();
    } catch (IOException e) {
      err.println("bench/transfer: " + e);
    }
  }

  private static Map<String, Object> conditions(Options options, Site site, List<Rival> rivals)
      throws SQLException {
    Map<String, Object> conditions = new LinkedHashMap<>();
    conditions.put(
        "flags", String.join(" ", ManagementFactory.getRuntimeMXBean().getInputArguments()));
    conditions.put("servers", site.products());
    rivals.forEach(each -> conditions.put(each.name(), each.version().orElse("not installed")));
    conditions.put("rows", options.rows());
    conditions.put("changes", options.changes());
    conditions.put("rounds", options.rounds());
    return conditions;
  }
}
