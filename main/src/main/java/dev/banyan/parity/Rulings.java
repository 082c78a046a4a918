package dev.banyan.parity;

import dev.banyan.exchange.Difference.Kind;
import dev.banyan.migration.Endpoint;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What teams have decided about single places: severities and accepted differences of the
/// configuration, and what was accepted or marked critical by command.
///
/// Those of the file follow each [#adopt]; those by command are in the store before they are in
/// force, and are there again after a restart. Where both rule one place, the command's wins. A
/// change holds for exchanges counted from then on. What was counted before proves nothing under
/// other rules, so whoever changes them begins the evidence anew where [#inForce] is another.
///
/// Any thread may call; questions never wait, changes wait for the store and for each other.
public final class Rulings {

  /// The most rulings by command that one family can have.
  public static final int LIMIT = 1_000;

  /// Where a ruling comes from.
  public enum Origin {
    FILE("file"),
    COMMAND("command");

    private final String word;

    Origin(String word) {
      this.word = word;
    }

    /// The word used in JSON and messages.
    public String word() {
      return word;
    }
  }

  /// A ruling as it is shown.
  ///
  /// @param holds whether it is in force today
  public record Listed(Ruling ruling, Origin origin, boolean holds) {}

  /// All that is ruled for one family, at one moment.
  private record Family(
      SeverityRules fileSeverities,
      Acceptances fileAccepted,
      List<Ruling> commanded,
      Comparison comparison,
      Acceptances accepted,
      ByScope<Ruling.Critical> critical) {

    static final Family NONE = of(SeverityRules.NONE, Acceptances.NONE, List.of());

    static Family of(SeverityRules severities, Acceptances file, List<Ruling> commanded) {
      List<SeverityRules.Rule> rules = new ArrayList<>();
      List<Acceptances.Entry> accepted = new ArrayList<>();
      ByScope<Ruling.Critical> critical = new ByScope<>();
      for (Ruling ruling : commanded) {
        switch (ruling) {
          case Ruling.Accepted one -> accepted.add(one.entry());
          case Ruling.Critical one -> {
            rules.add(one.rule());
            critical.put(one.scope(), one);
          }
        }
      }
      return new Family(
          severities,
          file,
          List.copyOf(commanded),
          Comparison.of(ComparisonLimits.STANDARD, severities.with(rules)),
          new Acceptances(accepted),
          critical);
    }
  }

  private final RulingStore store;
  private final Supplier<LocalDate> today;
  private final Map<String, Family> families = new ConcurrentHashMap<>();
  private final Object changing = new Object();

  /// None; [#load] takes up what was ruled by command.
  ///
  /// @param today in UTC
  public Rulings(RulingStore store, Supplier<LocalDate> today) {
    this.store = store;
    this.today = today;
  }

  /// Takes over what the store has kept. To be called before the first exchange.
  public void load() {
    store.load().forEach((family, commanded) -> change(family, commanded));
  }

  /// Takes over what is kept by now, for other processes rule in the same store.
  ///
  /// @return the families for which something else is ruled than before
  /// @throws java.io.UncheckedIOException of the store; then nothing has changed
  public Set<String> refresh() {
    synchronized (changing) {
      Map<String, List<Ruling>> kept = store.load();
      Set<String> changed = new TreeSet<>(families.keySet());
      changed.addAll(kept.keySet());
      changed.removeIf(name -> family(name).commanded().equals(kept.getOrDefault(name, List.of())));
      changed.forEach(name -> change(name, kept.getOrDefault(name, List.of())));
      return changed;
    }
  }

  private void change(String family, List<Ruling> commanded) {
    families.compute(
        family,
        (_, before) -> {
          Family known = before == null ? Family.NONE : before;
          return Family.of(known.fileSeverities(), known.fileAccepted(), commanded);
        });
  }

  /// Takes what the configuration says of a family in place of what it said before.
  public void adopt(String family, SeverityRules severities, Acceptances accepted) {
    families.compute(
        family,
        (_, before) ->
            Family.of(severities, accepted, before == null ? List.of() : before.commanded()));
  }

  /// All that is in force for a family today, as a text that is another one exactly when something
  /// else is: not when only a reason, an author or a last day is. Empty where there is nothing.
  public String inForce(String family) {
    Stream<String> severities = family(family).fileSeverities().texts();
    Stream<String> ruled =
        list(family).stream()
            .filter(Listed::holds)
            .map(listed ->
                listed.origin().word()
                    + (listed.ruling() instanceof Ruling.Critical ? " critical " : " accepted ")
                    + listed.ruling().scope());
    return Stream.concat(severities, ruled).sorted().collect(Collectors.joining("\n"));
  }

  /// How a family's answers are compared.
  public Comparison comparison(String family) {
    return family(family).comparison();
  }

  /// Keeps a ruling in place of the one of the same scope, if there is one.
  ///
  /// @return whether there was room for it
  /// @throws java.io.UncheckedIOException of the store; then nothing has changed
  public boolean keep(String family, Ruling ruling) {
    synchronized (changing) {
      List<Ruling> next =
          store.change(
              family,
              kept -> {
                List<Ruling> rest = without(kept, ruling.scope());
                return rest.size() >= LIMIT
                    ? kept
                    : Stream.concat(rest.stream(), Stream.of(ruling)).toList();
              });
      change(family, next);
      return next.contains(ruling);
    }
  }

  /// Takes a ruling by command back.
  ///
  /// @return whether there was one of exactly this scope
  /// @throws java.io.UncheckedIOException of the store; then nothing has changed
  public boolean remove(String family, Scope scope) {
    synchronized (changing) {
      AtomicBoolean found = new AtomicBoolean();
      List<Ruling> next =
          store.change(
              family,
              kept -> {
                List<Ruling> rest = without(kept, scope);
                found.set(rest.size() < kept.size());
                return rest;
              });
      change(family, next);
      return found.get();
    }
  }

  private static List<Ruling> without(List<Ruling> kept, Scope scope) {
    return kept.stream().filter(ruling -> !ruling.scope().equals(scope)).toList();
  }

  /// Where a ruling of exactly this scope comes from, if there is one; severities of the file are
  /// none.
  public Optional<Origin> origin(String family, Scope scope) {
    return list(family).stream()
        .filter(listed -> listed.ruling().scope().equals(scope))
        .map(Listed::origin)
        .reduce((_, last) -> last);
  }

  /// Every ruling of a family, those of the file first; those that do not hold any more too.
  public List<Listed> list(String family) {
    Family known = family(family);
    LocalDate day = today.get();
    List<Listed> all = new ArrayList<>();
    for (Acceptances.Entry entry : known.fileAccepted().entries()) {
      all.add(new Listed(new Ruling.Accepted(entry), Origin.FILE, entry.holds(day)));
    }
    for (Ruling ruling : known.commanded()) {
      boolean holds = !(ruling instanceof Ruling.Accepted one) || one.entry().holds(day);
      all.add(new Listed(ruling, Origin.COMMAND, holds));
    }
    return all;
  }

  /// Why a difference is accepted today, or null where it is not. One that was marked critical is
  /// not, whatever else holds around it.
  @Nullable String accepted(String family, Endpoint endpoint, String where, Kind kind) {
    Family known = family(family);
    LocalDate day = today.get();
    if (critical(known, endpoint, where, kind)) {
      return null;
    }
    Acceptances.Entry entry = known.accepted().of(endpoint, where, kind, day);
    if (entry == null) {
      entry = known.fileAccepted().of(endpoint, where, kind, day);
    }
    return entry == null ? null : entry.reason();
  }

  /// Whether one such difference is one too many.
  boolean critical(String family, Endpoint endpoint, String where, Kind kind) {
    return critical(family(family), endpoint, where, kind);
  }

  private static boolean critical(Family known, Endpoint endpoint, String where, Kind kind) {
    return known.critical().at(endpoint, where, kind, _ -> true) != null;
  }

  private Family family(String name) {
    return families.getOrDefault(name, Family.NONE);
  }
}
