package dev.banyan.bench.gateway;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What was asked for on the command line.
///
/// @param json where the JSON goes; null for nowhere
/// @param only names of the cases to run; empty for all
/// @param faults whether to see what a faulty candidate costs, and nothing else
record Options(Plan plan, @Nullable Path json, Set<String> only, boolean faults, boolean help) {
  static final String USAGE =
      """
      Usage: bench/gateway [--quick|--full|--smoke] [--json FILE] [--only CASE[,CASE...]]
        --quick   under 10 minutes (what is done when nothing is said)
        --full    about 50 minutes: more rounds, longer ones, and the cases with TLS
        --smoke   about a minute, only to see that everything runs; the figures mean nothing
        --json    writes all figures to a file
        --only    of these: %s, %s, start
        --faults  instead of all that: what a faulty candidate costs the clients of the legacy,
                  under 5 minutes (with --full about 25)
      BANYAN_JAVA_OPTS in the environment: more flags for the JVM that Banyan runs on.
      """
          .formatted(
              Case.ALL.stream().map(Case::name).collect(Collectors.joining(", ")), Bench.RATE);

  /// How long everything takes.
  ///
  /// @param rounds in which each contestant is measured once
  /// @param warmUp of each contestant before the first round
  /// @param measure one measurement
  /// @param starts of each contestant, to see how long they take
  /// @param requests that Banyan has served when its memory is looked at
  record Plan(
      String name, int rounds, Duration warmUp, Duration measure, int starts, long requests) {
    static final Plan QUICK =
        new Plan("quick", 3, Duration.ofSeconds(8), Duration.ofSeconds(4), 5, 1_000_000);
    static final Plan FULL =
        new Plan("full", 7, Duration.ofSeconds(20), Duration.ofSeconds(12), 11, 1_000_000);
    static final Plan SMOKE =
        new Plan("smoke", 1, Duration.ofSeconds(1), Duration.ofSeconds(1), 1, 0);

    /// The same for each fault: shorter, because there are many.
    Plan forFaults() {
      return switch (name) {
        case "smoke" -> this;
        case "full" -> new Plan(name, 10, Duration.ofSeconds(10), Duration.ofSeconds(8), 0, 0);
        default -> new Plan(name, 4, Duration.ofSeconds(3), Duration.ofSeconds(3), 0, 0);
      };
    }
  }

  Options {
    only = Set.copyOf(only);
  }

  /// Whether a case is to be run.
  boolean wants(String name) {
    return only.isEmpty() || only.contains(name);
  }

  /// The same; of a case that takes its time, only when it was asked for by name, or time is there.
  boolean wants(Case what) {
    return only.isEmpty() ? what.quick() || !plan.equals(Plan.QUICK) : only.contains(what.name());
  }

  /// @throws IllegalArgumentException with a message for people
  static Options of(String[] arguments) {
    Plan plan = Plan.QUICK;
    Path json = null;
    Set<String> only = Set.of();
    boolean faults = false;
    boolean help = false;
    for (int i = 0; i < arguments.length; i++) {
      switch (arguments[i]) {
        case "--quick" -> plan = Plan.QUICK;
        case "--full" -> plan = Plan.FULL;
        case "--smoke" -> plan = Plan.SMOKE;
        case "--faults" -> faults = true;
        case "--help", "-h" -> help = true;
        case "--json" -> json = Path.of(value(arguments, ++i)).toAbsolutePath();
        case "--only" -> only = cases(value(arguments, ++i));
        default -> throw new IllegalArgumentException("what is " + arguments[i] + "?");
      }
    }
    return new Options(plan, json, only, faults, help);
  }

  private static String value(String[] arguments, int at) {
    if (at == arguments.length) {
      throw new IllegalArgumentException(arguments[at - 1] + " needs a value");
    }
    return arguments[at];
  }

  private static Set<String> cases(String list) {
    Set<String> known = Case.ALL.stream().map(Case::name).collect(Collectors.toSet());
    known.addAll(List.of(Bench.RATE, Bench.START));
    Set<String> asked = new TreeSet<>(List.of(list.split(",", -1)));
    if (!known.containsAll(asked)) {
      throw new IllegalArgumentException("there is no such case as in " + list);
    }
    return asked;
  }
}
