package dev.banyan.transfer.reconcile;

import static dev.banyan.transfer.mapping.Tables.column;
import static dev.banyan.transfer.mapping.Tables.converted;
import static dev.banyan.transfer.mapping.Tables.draft;
import static dev.banyan.transfer.mapping.Tables.renamed;
import static dev.banyan.transfer.mapping.Tables.required;
import static dev.banyan.transfer.mapping.Tables.row;
import static dev.banyan.transfer.mapping.Tables.table;
import static dev.banyan.transfer.mapping.Tables.type;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banyan.transfer.Property;
import dev.banyan.transfer.engine.EpochLost;
import dev.banyan.transfer.engine.RowRefused;
import dev.banyan.transfer.mapping.Mappings;
import dev.banyan.transfer.mapping.TableMapping;
import dev.banyan.transfer.options.ColumnRule;
import dev.banyan.transfer.options.TransferOptions.Check;
import dev.banyan.transfer.options.TransferOptions.Compare;
import dev.banyan.transfer.reconcile.Difference.Kind;
import dev.banyan.transfer.reconcile.Reconciliation.Limits;
import dev.banyan.transfer.reconcile.Reconciliation.Report;
import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.Type;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReconciliationTest {
  private static final InstantSource CLOCK = InstantSource.fixed(Instant.EPOCH);
  private static final Limits SMALL = new Limits(500, 10_000, 1_000, 3);
  private static final Table SOURCE =
      table(
          "users",
          required("user_id", Type.Kind.INTEGER),
          column("name", type(Type.Kind.TEXT, 0, -1)),
          column("balance", type(Type.Kind.DECIMAL, 10, 2)),
          column("seen", type(Type.Kind.TIMESTAMP, 0, 6)));
  private static final Table TARGET =
      table(
          "people",
          required("id", Type.Kind.INTEGER),
          column("first", Type.Kind.TEXT),
          column("last", Type.Kind.TEXT),
          column("balance", type(Type.Kind.DECIMAL, 10, 2)),
          column("seen", type(Type.Kind.TIMESTAMP_TZ, 0, 6)));

  private final Mappings mappings =
      draft(
              SOURCE,
              TARGET,
              renamed("user_id", "id"),
              new ColumnRule.Split("name", " ", List.of("first", "last"), null),
              converted("seen", "zone UTC", null))
          .mappings()
          .orElseThrow();
  private final TableMapping mapping = mappings.tables().getFirst();
  private final MemoryDatabases databases = new MemoryDatabases(mapping);

  private static Row user(long id, Random random) {
    @Nullable String[] names = {"Ada Lovelace", "", null, "Cher", "Ada Lovelace "};
    return row(
        id,
        names[random.nextInt(names.length)],
        BigDecimal.valueOf(random.nextInt(10_000), 2),
        LocalDateTime.of(2024, 1, 1, 0, 0).plusSeconds(random.nextInt(1_000_000)));
  }

  private void fill(int rows, Random random) {
    for (long id = 0; id < rows; id++) {
      databases.write(user(id * 3, random));
    }
  }

  private Reconciliation reconciliation(Limits limits) {
    return new Reconciliation(
        "users", mappings, databases, Compare.ROWS, limits, Runnable::run, CLOCK);
  }

  private Report reconciled(Limits limits) throws SQLException, InterruptedException, RowRefused {
    return reconciliation(limits).run(1, List.of(), (source, target, rows) -> {});
  }

  @Test
  void equalSidesAreCertifiedWhateverTheRanges() throws Exception {
    fill(2_000, new Random(1));
    Report small = reconciled(SMALL);
    assertThat(small.differences()).isEmpty();
    assertThat(small.certificate().green()).isTrue();
    assertThat(small.certificate().rows()).isEqualTo(2_000);
    assertThat(databases.cuts).isEqualTo(4);
    Report whole = reconciled(Limits.STANDARD);
    assertThat(whole.certificate().digest()).isEqualTo(small.certificate().digest());
  }

  @Test
  void anEmptyTableIsCertifiedToo() throws Exception {
    assertThat(reconciled(SMALL).certificate().green()).isTrue();
  }

  /// What each key's row was made into.
  private final Map<Key, Difference> planted = new TreeMap<>();

  private void plant(Key key, Kind kind, String... columns) {
    planted.put(key, new Difference(SOURCE.name(), TARGET.name(), key, kind, List.of(columns)));
  }

  private void change(Key key, int column, @Nullable Object cell) {
    @Nullable Object[] cells = databases.targetRow(key).cells().clone();
    cells[column] = cell;
    databases.target.put(key, new Row(cells));
    plant(key, Kind.CHANGED, TARGET.columns().get(column).name());
  }

  private static Object filled(Row row, int column) {
    return Objects.requireNonNull(row.cell(column));
  }

  /// Nine kinds of fault, the one that comes next for each key in turn.
  private void plantFaults(Random random, int faults) {
    List<Key> keys = new ArrayList<>(databases.target.keySet());
    Collections.shuffle(keys, random);
    for (int i = 0; i < faults; i++) {
      Key key = keys.get(i);
      Row row = databases.targetRow(key);
      switch (i % 9) {
        case 0 -> {
          databases.target.remove(key);
          plant(key, Kind.LOST);
        }
        case 1 -> {
          Key other = Key.of((Long) key.cells().getFirst() + 1);
          @Nullable Object[] cells = row.cells().clone();
          cells[0] = other.cells().getFirst();
          databases.target.put(other, new Row(cells));
          plant(other, Kind.EXTRA);
        }
        case 2 -> change(key, 3, ((BigDecimal) filled(row, 3)).add(new BigDecimal("0.01")));
        case 3 -> change(key, 1, row.cell(1) == null ? "" : null);
        case 4 -> change(key, 1, row.cell(1) + " ");
        case 5 -> change(key, 4, ((Instant) filled(row, 4)).plusSeconds(3_600));
        case 6 -> change(key, 4, ((Instant) filled(row, 4)).plusNanos(1_000));
        case 7 -> change(key, 2, row.cell(2) == null ? "" : null);
        default -> change(key, 1, "ada".equals(row.cell(1)) ? "Ada" : "ada");
      }
    }
  }

  @Test
  void everyPlantedFaultIsNamedAndNoneMoreWhileWritesGoOn() throws Exception {
    Property.forAll(
        10,
        random -> {
          databases.source.clear();
          databases.target.clear();
          planted.clear();
          fill(1_500, random);
          plantFaults(random, 100);
          databases.writer = () -> writeElsewhere(random);
          List<Difference> named = reconciled(SMALL).differences();
          assertThat(named).containsExactlyInAnyOrderElementsOf(planted.values());
        });
  }

  /// Rows that are not faulty are changed, deleted and inserted.
  private void writeElsewhere(Random random) {
    for (int i = 0; i < 50; i++) {
      long id = random.nextInt(2_000) * 3L;
      boolean faulty = planted.containsKey(Key.of(id)) || planted.containsKey(Key.of(id + 1));
      if (!faulty && random.nextInt(4) == 0) {
        databases.delete(Key.of(id));
      } else if (!faulty) {
        databases.write(user(id, random));
      }
    }
  }

  @Test
  void twoRowsThatSwappedTheirContentsAreBothNamed() throws Exception {
    databases.write(row(1L, "Ada", BigDecimal.ONE, null));
    databases.write(row(2L, "Bea", BigDecimal.ONE, null));
    change(Key.of(1L), 1, "Bea");
    change(Key.of(2L), 1, "Ada");
    assertThat(reconciled(SMALL).differences())
        .containsExactlyInAnyOrderElementsOf(planted.values());
  }

  @Test
  void aFaultThatTheStreamMendsMeanwhileIsNotNamed() throws Exception {
    fill(100, new Random(5));
    Row right = Objects.requireNonNull(databases.source.get(Key.of(30L)));
    change(Key.of(30L), 1, "wrong");
    databases.writer =
        () -> {
          if (databases.cuts == 1) {
            databases.write(right);
          }
        };
    assertThat(reconciled(SMALL).differences()).isEmpty();
    assertThat(databases.cuts).isEqualTo(2);
  }

  @Test
  void moreDifferencesThanMayBeNamedAreNoCertificate() throws Exception {
    fill(300, new Random(6));
    databases.target.clear();
    Report report = reconciled(new Limits(1_000, 100, 50, 3));
    assertThat(report.differences()).hasSize(50);
    assertThat(report.certificate().complete()).isFalse();
    assertThat(report.certificate().green()).isFalse();
  }

  @Test
  void repairedRowsAreTheOwnersAndVerified() throws Exception {
    fill(900, new Random(7));
    plantFaults(new Random(8), 90);
    databases.writer = () -> writeElsewhere(new Random(9));
    List<Key> keys = new ArrayList<>(planted.keySet());
    Repair repair = new Repair(databases, Repair.Owner.SOURCE, databases.other(), 1);
    assertThat(repair.run(mapping, keys)).isEqualTo(90);
    assertThat(reconciliation(SMALL).verify(mapping, keys)).isEmpty();
    assertThat(reconciled(SMALL).certificate().green()).isTrue();
    assertThat(repair.run(mapping, keys)).isEqualTo(90);
    assertThat(reconciled(SMALL).certificate().green()).isTrue();
  }

  @Test
  void aRepairThatComesAfterALaterOwnerWritesNothing() throws Exception {
    fill(30, new Random(10));
    change(Key.of(3L), 1, "wrong");
    databases.epoch = 2;
    Repair repair = new Repair(databases, Repair.Owner.SOURCE, databases.other(), 1);
    assertThatThrownBy(() -> repair.run(mapping, List.of(Key.of(3L))))
        .isInstanceOf(EpochLost.class);
    assertThat(databases.targetRow(Key.of(3L)).cell(1)).isEqualTo("wrong");
  }

  @Test
  void checksThatAreAnsweredAlikeAreOfTheCertificate() throws Exception {
    List<Check> checks = List.of(new Check("total", "select 1", "select 2"));
    databases.sourceAnswer = List.of(row(new BigDecimal("10.50"), 3L, true, null));
    databases.targetAnswer = List.of(row(10.5, new BigDecimal("3"), 1, null));
    Report passed = reconciliation(SMALL).run(1, checks, (source, target, rows) -> {});
    assertThat(passed.certificate().green()).isTrue();
    databases.targetAnswer = List.of(row(new BigDecimal("10.51"), 3L, true, null));
    Report failed = reconciliation(SMALL).run(1, checks, (source, target, rows) -> {});
    assertThat(failed.certificate().green()).isFalse();
    assertThat(failed.certificate().checks().getFirst().source()).isEqualTo("10.5, 3, 1, NULL");
    assertThat(
            failed
                .certificate()
                .against(
                    Instant.EPOCH,
                    java.time.Duration.ZERO,
                    1,
                    mappings.hash(),
                    java.util.Set.of("app.users")))
        .containsExactly("the check total failed");
  }

  @Test
  void aRowWithoutACounterpartStopsItsTable() {
    databases.source.put(Key.of(1L), row(1L, 5L, null, null));
    assertThatThrownBy(() -> reconciled(SMALL))
        .isInstanceOf(RowRefused.class)
        .hasMessageContaining("key 1");
  }
}
