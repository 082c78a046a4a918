package dev.banyan.transfer.reconcile;

import static dev.banyan.transfer.mapping.Tables.column;
import static dev.banyan.transfer.mapping.Tables.options;
import static dev.banyan.transfer.mapping.Tables.renamed;
import static dev.banyan.transfer.mapping.Tables.required;
import static dev.banyan.transfer.mapping.Tables.row;
import static dev.banyan.transfer.mapping.Tables.table;
import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.migration.Certificate.Method;
import dev.banyan.transfer.mapping.Mappings;
import dev.banyan.transfer.mapping.Tables;
import dev.banyan.transfer.options.TransferOptions.Compare;
import dev.banyan.transfer.reconcile.Difference.Kind;
import dev.banyan.transfer.reconcile.Reconciliation.Limits;
import dev.banyan.transfer.reconcile.Reconciliation.Report;
import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.Type;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class PushedComparisonTest {
  private static final int ROWS = 100_000;
  private static final Table SOURCE =
      table("users", required("user_id", Type.Kind.INTEGER), column("name", Type.Kind.TEXT));
  private static final Table TARGET =
      table("people", required("id", Type.Kind.INTEGER), column("name", Type.Kind.TEXT));

  private final Mappings mappings = mappings(true);
  private final MemoryDatabases databases = new MemoryDatabases(mappings.tables().getFirst());

  private static Mappings mappings(boolean sameEngine) {
    return Tables.draft(
            Tables.side(List.of(SOURCE)),
            Tables.side(List.of(TARGET)),
            sameEngine,
            null,
            options(SOURCE, TARGET, renamed("user_id", "id")))
        .mappings()
        .orElseThrow();
  }

  private Report compared(Mappings by, Limits limits) throws Exception {
    return new Reconciliation(
            "users",
            by,
            databases,
            Compare.PUSHED,
            limits,
            Runnable::run,
            InstantSource.fixed(Instant.EPOCH))
        .run(1, List.of(), (_, _, _) -> {});
  }

  private void fill() {
    for (long id = 0; id < ROWS; id++) {
      databases.write(row(3 * id, "name " + id));
    }
  }

  private static Method method(Report report) {
    assertThat(report.certificate().methods()).hasSize(1);
    return report.certificate().method();
  }

  @Test
  void noRowIsReadWhereTheSumsAreEqual() throws Exception {
    fill();
    Report report = compared(mappings, Limits.STANDARD);
    assertThat(report.certificate().green()).isTrue();
    assertThat(report.certificate().rows()).isEqualTo(ROWS);
    assertThat(report.certificate().tables()).containsExactly("app.users");
    assertThat(method(report)).isEqualTo(Method.CHECKSUMS);
    assertThat(databases.reads).hasValue(0);
  }

  @Test
  void everyFaultIsFoundAndFewRowsAreReadForIt() throws Exception {
    fill();
    List<Key> keys = new ArrayList<>(databases.target.keySet());
    Collections.shuffle(keys, new Random(7));
    Map<Key, Kind> planted = new TreeMap<>();
    for (Key key : keys.subList(0, 10)) {
      databases.target.remove(key);
      planted.put(key, Kind.LOST);
    }
    for (Key key : keys.subList(10, 20)) {
      Row was = databases.targetRow(key);
      databases.target.put(key, new Row(new Object[] {was.cell(0), "another"}));
      planted.put(key, Kind.CHANGED);
    }
    for (Key key : keys.subList(20, 30)) {
      Key extra = Key.of((Long) key.cells().getFirst() + 1);
      databases.target.put(extra, row(extra.cells().getFirst(), "nobody"));
      planted.put(extra, Kind.EXTRA);
    }
    Report report = compared(mappings, Limits.STANDARD);
    assertThat(found(report)).isEqualTo(planted);
    assertThat(report.certificate().complete()).isTrue();
    assertThat(report.certificate().green()).isFalse();
    assertThat(method(report)).isEqualTo(Method.CHECKSUMS);
    // thirty parts of some four hundred rows, twice on each side
    assertThat(databases.read.get()).isBetween(1, 60_000);
  }

  private static Map<Key, Kind> found(Report report) {
    return report.differences().stream()
        .collect(Collectors.toMap(Difference::key, Difference::kind, (a, _) -> a, TreeMap::new));
  }

  @Test
  void aSourceThatLacksWhatTheTargetHasIsCutByTheTargetsRows() throws Exception {
    fill();
    databases.source.clear();
    Key kept = Key.of(3L * 70_000);
    databases.source.put(kept, databases.targetRow(kept));
    Report report = compared(mappings, new Limits(1_000_000, 200_000, 200_000, 2));
    assertThat(found(report)).hasSize(ROWS - 1).doesNotContainKey(kept);
    assertThat(report.certificate().complete()).isTrue();
  }

  @Test
  void moreThanMayBeHeldIsCountedAsIncomplete() throws Exception {
    fill();
    databases.target.clear();
    Report report = compared(mappings, new Limits(1_000_000, 5_000, 200_000, 2));
    assertThat(report.certificate().complete()).isFalse();
    assertThat(report.differences()).hasSizeBetween(4_000, 6_000);
  }

  @Test
  void whatOnlyLooksDifferentIsReadAsOneRangeAndIsNoDifference() throws Exception {
    fill();
    databases.otherWords = true;
    Report report = compared(mappings, Limits.STANDARD);
    assertThat(report.certificate().green()).isTrue();
    assertThat(databases.reads).hasValue(2);
    assertThat(databases.read).hasValue(2 * ROWS);
  }

  @Test
  void databasesOfTwoEnginesAreComparedByRows() throws Exception {
    fill();
    Report report = compared(mappings(false), Limits.STANDARD);
    assertThat(report.certificate().green()).isTrue();
    assertThat(method(report)).isEqualTo(Method.ROWS);
    assertThat(databases.read).hasValue(2 * ROWS);
  }
}
