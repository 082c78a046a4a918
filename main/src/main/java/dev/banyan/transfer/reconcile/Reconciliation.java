package dev.banyan.transfer.reconcile;

import dev.banyan.migration.Certificate;
import dev.banyan.migration.Certificate.Method;
import dev.banyan.transfer.engine.RowRefused;
import dev.banyan.transfer.mapping.Mappings;
import dev.banyan.transfer.mapping.TableMapping;
import dev.banyan.transfer.options.TransferOptions.Check;
import dev.banyan.transfer.options.TransferOptions.Compare;
import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Position;
import dev.banyan.transfer.table.Range;
import dev.banyan.transfer.table.TableName;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// Compares every row of a transfer's tables on both sides, while both are written to.
///
/// Range by range, so that no snapshot grows old; where the target does not order keys as the
/// source does, a whole table is one range. Every difference was seen in aligned cuts, at least
/// twice. For one thread; it blocks.
public final class Reconciliation {
  private static final int BATCH = 1_000;

  private final String transfer;
  private final Mappings mappings;
  private final AlignedCut cuts;
  private final Compare compare;
  private final Limits limits;
  private final Executor executor;
  private final InstantSource clock;

  /// @param rangeRows of the source that are compared in one cut
  /// @param mostHeld rows that are held at one time to name those that differ
  /// @param mostDifferences that are named; what goes beyond is counted as incomplete
  /// @param looks how often a suspect that keeps changing is read again
  public record Limits(long rangeRows, int mostHeld, int mostDifferences, int looks) {
    public static final Limits STANDARD = new Limits(1_000_000, 200_000, 10_000, 3);

    public Limits {
      if (rangeRows < 1 || mostHeld < 1 || mostDifferences < 1 || looks < 1) {
        throw new IllegalArgumentException("limits of a reconciliation are positive");
      }
    }
  }

  /// @param executor reads the source while the caller's thread reads the target
  public Reconciliation(
      String transfer,
      Mappings mappings,
      AlignedCut cuts,
      Compare compare,
      Limits limits,
      Executor executor,
      InstantSource clock) {
    this.transfer = transfer;
    this.mappings = mappings;
    this.cuts = cuts;
    this.compare = compare;
    this.limits = limits;
    this.executor = executor;
    this.clock = clock;
  }

  /// What a pass came to.
  ///
  /// @param differences by table; no more than [Limits#mostDifferences]
  public record Report(Certificate certificate, List<Difference> differences) {
    public Report {
      differences = List.copyOf(differences);
    }
  }

  /// Is told how far it is; called from the thread that reconciles.
  public interface Progress {
    void compared(TableName source, TableName target, long rows);
  }

  /// @param epoch of the tables' owner, which the certificate is for
  /// @throws RowRefused where a row of the source has no counterpart, so that nothing can be said
  ///   of its table
  public Report run(long epoch, List<Check> checks, Progress progress)
      throws SQLException, InterruptedException, RowRefused {
    Pass pass = new Pass(clock.instant());
    for (TableMapping mapping : mappings.tables()) {
      table(mapping, pass, progress);
    }
    List<Certificate.Check> answered = checks(checks, pass);
    Certificate certificate =
        new Certificate(
            transfer,
            pass.position == null ? Position.START.toString() : pass.position.toString(),
            mappings.hash(),
            pass.digest.rows(),
            pass.digest.toString(),
            pass.from,
            clock.instant(),
            epoch,
            pass.complete,
            pass.differences.size(),
            pass.methods,
            answered);
    return new Report(certificate, pass.differences);
  }

  /// What was seen so far.
  private static final class Pass {
    private final Instant from;
    private final List<Difference> differences = new ArrayList<>();
    private final Map<String, Method> methods = new HashMap<>();
    private Digest digest = Digest.NONE;
    private boolean complete = true;
    private @Nullable Position position;

    Pass(Instant from) {
      this.from = from;
    }

    void compared(TableMapping mapping, Method by) {
      methods.merge(
          mapping.source().name().toString(), by, (a, b) -> a == Method.CHECKSUMS ? a : b);
    }

    void cut(AlignedCut.Cut cut) {
      if (position == null) {
        position = cut.position();
      }
    }
  }

  private void table(TableMapping mapping, Pass pass, Progress progress)
      throws SQLException, InterruptedException, RowRefused {
    Optional<Key> after = Optional.empty();
    long rows = 0;
    do {
      Optional<Key> upTo;
      RangeComparison.Outcome outcome;
      try (AlignedCut.Cut cut = cuts.open()) {
        pass.cut(cut);
        upTo =
            mapping.sameOrder()
                ? cut.source().boundary(mapping.source(), after, limits.rangeRows())
                : Optional.empty();
        outcome = compared(mapping, cut, new Range(after, upTo), pass);
      }
      pass.digest = pass.digest.plus(outcome.digest());
      pass.complete &= outcome.complete();
      name(mapping, outcome.suspects(), pass);
      rows += outcome.digest().rows();
      progress.compared(mapping.source().name(), mapping.target().name(), rows);
      after = upTo;
    } while (after.isPresent());
  }

  private RangeComparison.Outcome compared(
      TableMapping mapping, AlignedCut.Cut cut, Range range, Pass pass)
      throws SQLException, InterruptedException, RowRefused {
    if (compare == Compare.PUSHED) {
      Optional<RangeComparison.Outcome> pushed =
          new PushedComparison(mapping, cut, executor).run(range, limits.mostHeld());
      if (pushed.isPresent()) {
        pass.compared(mapping, Method.CHECKSUMS);
        return pushed.get();
      }
    }
    pass.compared(mapping, Method.ROWS);
    return new RangeComparison(mapping, cut, range, executor).run(limits.mostHeld());
  }

  private void name(TableMapping mapping, List<Suspect> suspects, Pass pass)
      throws SQLException, InterruptedException, RowRefused {
    for (int from = 0; from < suspects.size(); from += BATCH) {
      int room = limits.mostDifferences() - pass.differences.size();
      if (room <= 0) {
        pass.complete = false;
        return;
      }
      List<Suspect> batch = suspects.subList(from, Math.min(suspects.size(), from + BATCH));
      List<Difference> named = settled(mapping, batch);
      pass.complete &= named.size() <= room;
      pass.differences.addAll(named.subList(0, Math.min(room, named.size())));
    }
  }

  /// Those that still differ, each seen twice as it is, or changing so often that the looks are
  /// over.
  private List<Difference> settled(TableMapping mapping, List<Suspect> suspects)
      throws SQLException, InterruptedException, RowRefused {
    List<Difference> settled = new ArrayList<>();
    List<Suspect> open = suspects;
    for (int look = 0; look < limits.looks() && !open.isEmpty(); look++) {
      Map<Key, Suspect> before = new HashMap<>();
      open.forEach(suspect -> before.put(suspect.key(), suspect));
      List<Suspect> moving = new ArrayList<>();
      for (Suspect now : again(mapping, open.stream().map(Suspect::key).toList())) {
        Suspect earlier = before.get(now.key());
        if (earlier != null && earlier.stable(now)) {
          settled.add(now.difference(mapping));
        } else {
          moving.add(now);
        }
      }
      open = moving;
    }
    open.forEach(suspect -> settled.add(suspect.difference(mapping)));
    return settled;
  }

  private List<Suspect> again(TableMapping mapping, List<Key> keys)
      throws SQLException, InterruptedException, RowRefused {
    try (AlignedCut.Cut cut = cuts.open()) {
      return Suspects.again(mapping, cut, keys);
    }
  }

  /// Looks at rows by their keys alone: after a repair, and for rows that were touched since a
  /// certificate.
  ///
  /// @param keys the target's
  public List<Difference> verify(TableMapping mapping, List<Key> keys)
      throws SQLException, InterruptedException, RowRefused {
    List<Difference> differ = new ArrayList<>();
    for (int from = 0; from < keys.size(); from += BATCH) {
      List<Key> batch = keys.subList(from, Math.min(keys.size(), from + BATCH));
      differ.addAll(settled(mapping, again(mapping, batch)));
    }
    return differ;
  }

  private List<Certificate.Check> checks(List<Check> checks, Pass pass)
      throws SQLException, InterruptedException {
    if (checks.isEmpty()) {
      return List.of();
    }
    try (AlignedCut.Cut cut = cuts.open()) {
      pass.cut(cut);
      return Checks.answer(checks, cut);
    }
  }
}
