package dev.banyan.transfer.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banyan.transfer.Property;
import dev.banyan.transfer.engine.IdPairs;
import dev.banyan.transfer.mapping.IdMap.Home;
import dev.banyan.transfer.mapping.IdMap.Ids;
import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.Type.Kind;
import java.math.BigInteger;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PairedIdsTest {
  private static final Table USERS = Tables.table("users", Tables.required("id", Kind.INTEGER));
  private static final Ids NUMBERS =
      new Ids(Tables.type(Kind.INTEGER, 8, -1), Optional.of(new Home(USERS, "id")));
  private static final Ids BYTES = new Ids(Tables.type(Kind.BYTES, 16, -1), Optional.empty());
  private static final IdMap NUMBERED = new IdMap("users", NUMBERS, NUMBERS);
  private static final IdMap KEYED = new IdMap("keys", NUMBERS, BYTES);

  /// Pairs as a database keeps them: either id stands once.
  private static final class Kept implements IdPairs {
    final Map<String, String> pairs = new TreeMap<>();

    /// What somebody else adds first, once.
    Map<String, String> meanwhile = Map.of();

    long greatestRow;

    @Override
    public void prepare() {}

    @Override
    public Map<String, String> find(String map, boolean forward, Collection<String> ids) {
      Map<String, String> found = new HashMap<>();
      pairs.forEach((source, target) -> {
        if (ids.contains(forward ? source : target)) {
          found.put(forward ? source : target, forward ? target : source);
        }
      });
      return found;
    }

    @Override
    public void add(String map, Map<String, String> added) {
      Map<String, String> first = meanwhile;
      meanwhile = Map.of();
      first.forEach(this::put);
      added.forEach(this::put);
    }

    private void put(String source, String target) {
      if (!pairs.containsKey(source) && !pairs.containsValue(target)) {
        pairs.put(source, target);
      }
    }

    @Override
    public BigInteger greatest(String map, boolean source) {
      return (source ? pairs.keySet() : pairs.values())
          .stream().map(BigInteger::new).reduce(BigInteger.ZERO, BigInteger::max);
    }

    @Override
    public BigInteger greatest(Table table, String column) {
      return BigInteger.valueOf(greatestRow);
    }

    @Override
    public long remove() {
      return pairs.size();
    }
  }

  private final Kept kept = new Kept();
  private final Kept source = new Kept();
  private final PairedIds ids = new PairedIds(kept, source, UUID::randomUUID);

  @Test
  void numbersAreCountedOnFromTheGreatestOfRowsAndPairs() throws SQLException {
    kept.greatestRow = 40;
    assertThat(ids.forward(NUMBERED, List.of(7L))).isEqualTo(Map.of(7L, 41L));
    assertThat(ids.forward(NUMBERED, List.of(7L, 8L))).isEqualTo(Map.of(7L, 41L, 8L, 42L));
    source.greatestRow = 1_000;
    assertThat(ids.back(NUMBERED, List.of(42L, 99L))).isEqualTo(Map.of(42L, 8L, 99L, 1_001L));
    assertThat(ids.forward(NUMBERED, List.of(1_001L))).isEqualTo(Map.of(1_001L, 99L));
  }

  @Test
  void whatSomebodyElseHasGivenMeanwhileCounts() throws SQLException {
    kept.meanwhile = Map.of("1", "1", "5", "2");
    assertThat(ids.forward(NUMBERED, List.of(1L, 2L))).isEqualTo(Map.of(1L, 1L, 2L, 3L));
    assertThat(kept.pairs).isEqualTo(Map.of("1", "1", "2", "3", "5", "2"));
  }

  @Test
  void idsAreOneToOneWhoeverAsksForThemInWhateverOrder() throws Exception {
    Property.forAll(
        200,
        random -> {
          Kept pairs = new Kept();
          Map<Object, Object> there = new HashMap<>();
          for (int i = 0; i < 30; i++) {
            PairedIds one = new PairedIds(pairs, new Kept(), UUID::randomUUID);
            List<Object> asked = List.of((long) random.nextInt(20), 20L + random.nextInt(20));
            one.forward(NUMBERED, asked)
                .forEach((id, other) ->
                    assertThat(other).isEqualTo(there.getOrDefault(id, other)).isNotNull());
            there.putAll(one.forward(NUMBERED, asked));
            assertThat(one.back(NUMBERED, List.copyOf(there.values())).values())
                .containsExactlyInAnyOrderElementsOf(there.keySet());
          }
          assertThat(new HashSet<>(there.values())).hasSameSizeAs(there.keySet());
        });
  }

  @Test
  void bytesAreUuidsAndComeBack() throws SQLException {
    byte[] given = (byte[]) Objects.requireNonNull(ids.forward(KEYED, List.of(3L)).get(3L));
    assertThat(given).hasSize(16);
    byte[] equal = given.clone();
    assertThat(ids.back(KEYED, List.of(equal)).get(equal)).isEqualTo(3L);
  }

  @Test
  void whoOnlyLooksGivesNothingAndFindsItsWayBackFromAStandIn() throws SQLException {
    kept.pairs.put("1", "10");
    IdMaps looking = ids.looking();
    Map<Object, Object> seen = looking.forward(NUMBERED, List.of(1L, 2L, 3L));
    assertThat(seen).containsEntry(1L, 10L).hasSize(3);
    assertThat(kept.pairs).isEqualTo(Map.of("1", "10"));
    assertThat(looking.forward(NUMBERED, List.of(2L)).get(2L)).isEqualTo(seen.get(2L));
    assertThat(seen.get(2L)).isNotEqualTo(seen.get(3L));
    Object standIn = Objects.requireNonNull(seen.get(2L));
    assertThat(looking.back(NUMBERED, List.of(standIn)).values()).containsExactly(2L);
  }

  @Test
  void aMapThatHasLostItsPairsIsNotComparedWithStandIns() {
    IdMaps looking = ids.looking();
    assertThatThrownBy(
            () -> {
              for (long from = 0; from < 300_000; from += 50_000) {
                List<Object> some =
                    LongStream.range(from, from + 50_000).<Object>mapToObj(Long::valueOf).toList();
                assertThat(looking.forward(NUMBERED, some)).hasSize(50_000);
              }
            })
        .hasMessageStartingWith("map users has no pairs for more than 200000 ids");
  }

  @Test
  void aKeyOfTheRowIsMappedByItsValue() throws SQLException {
    Lens lens = new Mapped(0, 0, KEYED, ids).knowing(List.<Object[]>of(new Object[] {5L}), true);
    Object[] target = new Object[1];
    lens.forward(new Object[] {5L}, target);
    Lens back = new Mapped(0, 0, KEYED, ids).knowing(List.<Object[]>of(target), false);
    Object[] again = new Object[1];
    back.back(target, again);
    assertThat(Key.of(again)).isEqualTo(Key.of(5L));
  }
}
