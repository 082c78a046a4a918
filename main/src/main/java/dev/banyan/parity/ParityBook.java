package dev.banyan.parity;

import dev.banyan.exchange.Exchange;
import dev.banyan.exchange.Verdict;
import dev.banyan.migration.Endpoint;
import dev.banyan.migration.ParityEvidence;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/// Counts verdicts by family, endpoint and place, within fixed bounds, and keeps redacted samples.
///
/// Evidence belongs to a **period**: from one reset to the next. Whoever starts an exchange asks
/// for the family's [#period] at that moment and hands it back with the verdict; a verdict of an
/// earlier period is dropped without a count, because it may tell of a side that has since been
/// replaced. A promotion starts no period of its own, whoever wants one resets.
///
/// What is over a bound is counted under [#OTHER], never lost; of the places that differ, the
/// frequent ones keep their own counts. Samples are drawn evenly from all that was counted, and
/// redacted before they reach memory that outlives the call.
///
/// A difference that [Rulings] accept on that day is counted too; an exchange without any other
/// counts as matched. Whoever changes what is ruled says so to [#compares].
///
/// May be used from any thread; each family has its own lock, held for counting and, where a sample
/// is kept, for redacting it, never for I/O. Exceptions come from the store only.
public final class ParityBook {

  /// Where that which is over a bound is counted.
  public static final String OTHER = "(other)";

  static final Endpoint OTHER_ENDPOINT = new Endpoint("*", OTHER);

  private final BookPorts ports;
  private final BookLimits limits;
  private final Instant started;
  private final Map<String, FamilyCount> families = new ConcurrentHashMap<>();
  private final Object saving = new Object();

  /// An empty book; [#load] fills it.
  ///
  /// @param started since when families without kept evidence are watched
  public ParityBook(BookPorts ports, BookLimits limits, Instant started) {
    this.ports = ports;
    this.limits = limits;
    this.started = started;
  }

  /// Takes over everything that the store has kept. To be called before the first exchange.
  public void load() {
    ports.store().load().forEach((family, kept) -> family(family).restore(kept));
  }

  /// The token of the family's current period, for an exchange that starts now.
  public long period(String family) {
    return family(family).period();
  }

  /// Says whose answers are compared for a family from now on, and how: where that is another text
  /// than the last, also than the one kept from before the start, the evidence is of others and
  /// begins anew.
  ///
  /// @param sides addresses, routes and rules
  /// @return whether evidence was thrown away
  public boolean compares(String family, String sides, Instant now) {
    return family(family).compares(sides, now);
  }

  /// Whose answers the family's evidence is of, as [#compares] was last told; empty before that.
  public String sides(String family) {
    return family(family).sides();
  }

  /// Counts one exchange's verdict, unless the exchange began in an earlier period. Reads the
  /// request, and of a request that says who sent it the body too.
  public void record(Exchange exchange, long period, Verdict verdict) {
    boolean proves = verdict instanceof Verdict.Match || verdict instanceof Verdict.Mismatch;
    long unit =
        proves
            ? Fingerprint.of(exchange.request(), ports.caller().applyAsLong(exchange))
            : Units.ALONE;
    family(exchange.family()).record(exchange, unit, period, verdict);
  }

  /// Counts an eligible exchange that was never compared, because one leg was not sent for example.
  public void skipped(String family, long period, String reason) {
    skipped(family, period, reason, 1);
  }

  /// The same for several that have one reason.
  public void skipped(String family, long period, String reason, long count) {
    family(family).skipped(reason, count, period);
  }

  /// What has been counted in the family's current period.
  public ParityEvidence evidence(String family) {
    return family(family).evidence();
  }

  /// The same with what its units are counted from.
  ParityStore.Kept kept(String family) {
    return family(family).kept();
  }

  /// Starts the family's evidence anew, in the store too before this returns.
  ///
  /// @throws RuntimeException of the store; the evidence in memory is new all the same, and the
  ///   store is tried again by the next save
  public void reset(String family, Instant now) {
    family(family).reset(now);
    synchronized (saving) {
      save(family, family(family), FamilyCount::takeChanged);
    }
  }

  /// Saves each family whose evidence changed since it was last saved.
  ///
  /// @throws RuntimeException of the store; what was not saved stays changed
  public void saveChanged() {
    save(FamilyCount::takeChanged);
  }

  /// The same for now and then: a family of which nothing is new but a few further matches waits
  /// for some more of them, since what is kept of it is written whole.
  public void saveDue() {
    save(FamilyCount::takeDue);
  }

  private void save(Function<FamilyCount, Optional<ParityStore.Kept>> taking) {
    synchronized (saving) {
      families.forEach((family, count) -> save(family, count, taking));
    }
  }

  /// Guarded by `saving`, so that an older count never replaces a newer one.
  private void save(
      String family, FamilyCount count, Function<FamilyCount, Optional<ParityStore.Kept>> taking) {
    Optional<ParityStore.Kept> changed = taking.apply(count);
    if (changed.isEmpty()) {
      return;
    }
    boolean saved = false;
    try {
      ports.store().save(family, changed.get());
      saved = true;
    } finally {
      if (!saved) {
        count.markChanged();
      }
    }
  }

  private FamilyCount family(String name) {
    FamilyCount known = families.get(name); // event loops ask: no lock, and nothing made for it
    return known != null
        ? known
        : families.computeIfAbsent(name, each -> new FamilyCount(each, limits, ports, started));
  }
}
