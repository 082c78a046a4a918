package dev.banyan.bench.transfer;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What was asked for on the command line.
///
/// @param rows of the table that is moved
/// @param changes that are made to it, to be applied
/// @param rounds in which everything is measured once, after one that only warms up
/// @param loadSeconds how long the source is watched with nothing else going on
/// @param only names of the cases to run; empty for all
/// @param alone without the programs that no ratio needs
/// @param json where the JSON goes; null for nowhere
record Options(
    int rows,
    int changes,
    int rounds,
    int loadSeconds,
    Set<String> only,
    boolean alone,
    @Nullable Path json,
    boolean help) {
  static final String USAGE =
      """
      Usage: bench/transfer [--quick] [--rows N] [--changes N] [--rounds N] [--alone] [--json FILE]
                            [--only CASE[,CASE...]]
        --rows    of the table that is moved (1,000,000)
        --changes that are made to it and applied (a fifth of the rows)
        --rounds  in which everything is measured once (3), after one that only warms up
        --quick   300,000 rows and 2 rounds, about 3 minutes
        --alone   without the programs that no ratio needs
        --json    writes all figures to a file
        --only    of these: %s
      BANYAN_JAVA_OPTS in the environment: more flags for the JVM.
      """
          .formatted(String.join(", ", Bench.CASES));

  private static final int ROWS = 1_000_000;
  private static final int QUICK_ROWS = 300_000;
  private static final int CHANGED = 5;
  private static final int LEAST_ROWS = 1_000;

  Options {
    only = Set.copyOf(only);
    if (rows < LEAST_ROWS || rounds < 1) {
      throw new IllegalArgumentException(
          "at least " + LEAST_ROWS + " rows and one round are needed to measure anything");
    }
  }

  boolean wants(String name) {
    return only.isEmpty() || only.contains(name);
  }

  /// @throws IllegalArgumentException with a message for people
  static Options of(String[] arguments) {
    int rows = ROWS;
    int rounds = 3;
    int changes = 0;
    int seconds = 10;
    Path json = null;
    Set<String> only = Set.of();
    boolean alone = false;
    boolean help = false;
    for (int i = 0; i < arguments.length; i++) {
      switch (arguments[i]) {
        case "--quick" -> {
          rows = QUICK_ROWS;
          rounds = 2;
          seconds = 4;
        }
        case "--rows" -> rows = number(arguments, ++i);
        case "--changes" -> changes = number(arguments, ++i);
        case "--rounds" -> rounds = number(arguments, ++i);
        case "--alone" -> alone = true;
        case "--help", "-h" -> help = true;
        case "--json" -> json = Path.of(value(arguments, ++i)).toAbsolutePath();
        case "--only" -> only = cases(value(arguments, ++i));
        default -> throw new IllegalArgumentException("what is " + arguments[i] + "?");
      }
    }
    return new Options(
        rows, changes > 0 ? changes : rows / CHANGED, rounds, seconds, only, alone, json, help);
  }

  private static String value(String[] arguments, int at) {
    if (at == arguments.length) {
      throw new IllegalArgumentException(arguments[at - 1] + " needs a value");
    }
    return arguments[at];
  }

  private static int number(String[] arguments, int at) {
    String text = value(arguments, at);
    try {
      return Integer.parseInt(text.replaceAll("[_,]", ""));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(text + " is no number", e);
    }
  }

  private static Set<String> cases(String list) {
    Set<String> asked = new TreeSet<>(List.of(list.split(",", -1)));
    if (!Bench.CASES.containsAll(asked)) {
      throw new IllegalArgumentException("there is no such case as in " + list);
    }
    return asked;
  }
}
