package dev.banyan.migration;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// That two databases held the same rows, and what exactly was compared.
///
/// @param transfer whose tables these are
/// @param cut the first position of the owner's log at which rows were compared; every range was
///   compared at this one or at a later one
/// @param mapping the hash of the mapping by which rows were compared
/// @param rows how many rows the owner has, as compared
/// @param digest over all rows, in no order
/// @param from when the first rows were compared: what is older is not certified
/// @param until when the last were
/// @param epoch of the tables' owner
/// @param complete every row of every table was compared
/// @param differences rows that differ; with `complete` false there may be more
/// @param methods by which each table was compared, as the source names it
public record Certificate(
    String transfer,
    String cut,
    String mapping,
    long rows,
    String digest,
    Instant from,
    Instant until,
    long epoch,
    boolean complete,
    long differences,
    Map<String, Method> methods,
    List<Check> checks) {
  public Certificate {
    methods = Map.copyOf(methods);
    checks = List.copyOf(checks);
  }

  /// How a table's rows were compared.
  public enum Method {
    /// every row of both sides was read, and compared cell by cell or by a hash of 128 bits
    ROWS,
    /// the databases made sums of 128-bit hashes of their rows, and where these were equal no row
    /// was read
    CHECKSUMS;

    /// As JSON has it.
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// A rule of the business, as both sides answered it.
  public record Check(String name, boolean passed, String source, String target) {}

  /// Those that were compared, as the source names them.
  public Set<String> tables() {
    return methods.keySet();
  }

  /// The weaker one, where tables were compared by both.
  public Method method() {
    return methods.containsValue(Method.CHECKSUMS) ? Method.CHECKSUMS : Method.ROWS;
  }

  public boolean green() {
    return complete && differences == 0 && checks.stream().allMatch(Check::passed);
  }

  /// What keeps this certificate from opening a gate, for people; nothing where it holds.
  ///
  /// @param oldest how long ago its first rows may have been compared
  /// @param epoch the owner's now
  /// @param mapping the hash of the mapping now
  /// @param tables those that the gate is about
  public List<String> against(
      Instant now, Duration oldest, long epoch, String mapping, Set<String> tables) {
    List<String> against = new ArrayList<>();
    if (!complete) {
      against.add("not all rows were compared");
    }
    if (differences > 0) {
      against.add(differences + (differences == 1 ? " row differs" : " rows differ"));
    }
    checks.stream()
        .filter(check -> !check.passed())
        .forEach(check -> against.add("the check " + check.name() + " failed"));
    if (epoch != this.epoch) {
      against.add("it is of epoch " + this.epoch + ", and the owner's is " + epoch);
    }
    if (!mapping.equals(this.mapping)) {
      against.add("the mapping is another one since");
    }
    Set<String> missing = new TreeSet<>(tables);
    missing.removeAll(tables());
    if (!missing.isEmpty()) {
      against.add("it says nothing of " + String.join(", ", missing));
    }
    if (from.plus(oldest).isBefore(now)) {
      against.add("it is of " + from + ", older than " + oldest);
    }
    if (from.isAfter(now)) {
      against.add("it is of " + from + ", which is yet to come: a clock is wrong");
    }
    return against;
  }

  /// Whether a gate may rely on it.
  public boolean holds(
      Instant now, Duration oldest, long epoch, String mapping, Set<String> tables) {
    return against(now, oldest, epoch, mapping, tables).isEmpty();
  }
}
