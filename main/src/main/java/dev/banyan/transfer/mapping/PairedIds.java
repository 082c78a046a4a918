package dev.banyan.transfer.mapping;

import dev.banyan.transfer.engine.IdPairs;
import dev.banyan.transfer.mapping.IdMap.Home;
import dev.banyan.transfer.mapping.IdMap.Ids;
import dev.banyan.transfer.table.Type;
import java.math.BigInteger;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/// Gives ids by pairs that are kept in the target's database. Whoever comes first gives a pair, and
/// everybody else finds it; who meant to give another tries again.
public final class PairedIds implements IdMaps {
  /// Somebody else gives ids of the same map at the same moment, in each of them.
  private static final int TRIES = 100;

  private final IdPairs pairs;
  private final IdPairs source;
  private final Supplier<UUID> random;
  private final Set<String> prepared = ConcurrentHashMap.newKeySet();
  private final StandIns standIns = new StandIns();

  /// @param pairs in the target's database
  /// @param source where the greatest id of the source is looked up
  public PairedIds(IdPairs pairs, IdPairs source, Supplier<UUID> random) {
    this.pairs = pairs;
    this.source = source;
    this.random = random;
  }

  @Override
  public Map<Object, Object> forward(IdMap map, Collection<Object> ids) throws SQLException {
    return others(map, ids, true, this::given);
  }

  @Override
  public Map<Object, Object> back(IdMap map, Collection<Object> ids) throws SQLException {
    return others(map, ids, false, this::given);
  }

  @Override
  public BigInteger greatest(IdMap map, boolean ofSource) throws SQLException {
    prepare(map);
    return pairs.greatest(map.name(), ofSource);
  }

  private void prepare(IdMap map) throws SQLException {
    if (prepared.add(map.name())) {
      pairs.prepare();
    }
  }

  @Override
  public IdMaps looking() {
    return new Looking();
  }

  private final class Looking implements IdMaps {
    @Override
    public Map<Object, Object> forward(IdMap map, Collection<Object> ids) throws SQLException {
      return others(map, ids, true, PairedIds.this::seen);
    }

    @Override
    public Map<Object, Object> back(IdMap map, Collection<Object> ids) throws SQLException {
      return others(map, ids, false, PairedIds.this::seen);
    }

    @Override
    public BigInteger greatest(IdMap map, boolean ofSource) throws SQLException {
      return PairedIds.this.greatest(map, ofSource);
    }

    @Override
    public IdMaps looking() {
      return this;
    }
  }

  private interface Finding {
    Map<String, String> of(IdMap map, Set<String> ids, boolean forward) throws SQLException;
  }

  private Map<Object, Object> others(
      IdMap map, Collection<Object> ids, boolean forward, Finding finding) throws SQLException {
    if (ids.isEmpty()) {
      return Map.of();
    }
    prepare(map);
    Ids to = forward ? map.target() : map.source();
    Map<String, Object> asked = new LinkedHashMap<>();
    ids.forEach(id -> asked.put(text(id), id));
    Map<Object, Object> others = new HashMap<>();
    finding
        .of(map, asked.keySet(), forward)
        .forEach((id, other) -> {
          Object cell = asked.get(id);
          if (cell != null) {
            others.put(cell, cell(to.type(), other));
          }
        });
    return others;
  }

  private Map<String, String> seen(IdMap map, Set<String> ids, boolean forward)
      throws SQLException {
    Map<String, String> seen = new HashMap<>(pairs.find(map.name(), forward, ids));
    for (String id : ids) {
      if (!seen.containsKey(id)) {
        seen.put(id, standIns.of(map, forward, id));
      }
    }
    return seen;
  }

  private Map<String, String> given(IdMap map, Set<String> ids, boolean forward)
      throws SQLException {
    Map<String, String> known = new HashMap<>(pairs.find(map.name(), forward, ids));
    for (int tries = 0; tries < TRIES && known.size() < ids.size(); tries++) {
      Set<String> missing = new TreeSet<>(ids);
      missing.removeAll(known.keySet());
      pairs.add(map.name(), made(map, List.copyOf(missing), forward));
      known.putAll(pairs.find(map.name(), forward, missing));
    }
    if (known.size() < ids.size()) {
      throw new SQLException(
          "map " + map.name() + ": no new ids could be given, for others give them all the time");
    }
    return known;
  }

  /// By the source's id, whichever is new.
  private Map<String, String> made(IdMap map, List<String> missing, boolean forward)
      throws SQLException {
    List<String> fresh = fresh(map, missing.size(), forward);
    Map<String, String> made = new LinkedHashMap<>();
    for (int i = 0; i < missing.size(); i++) {
      made.put(forward ? missing.get(i) : fresh.get(i), forward ? fresh.get(i) : missing.get(i));
    }
    return made;
  }

  private List<String> fresh(IdMap map, int count, boolean forward) throws SQLException {
    Ids to = forward ? map.target() : map.source();
    List<String> fresh = new ArrayList<>();
    switch (to.making()) {
      case RANDOM -> {
        boolean bytes = to.type().kind() == Type.Kind.BYTES;
        for (int i = 0; i < count; i++) {
          UUID id = random.get();
          fresh.add(bytes ? text(TextConversions.bytes(id)) : id.toString());
        }
      }
      case NEXT_NUMBER -> {
        BigInteger next = greatest(map, to.home(), forward);
        for (int i = 0; i < count; i++) {
          next = next.add(BigInteger.ONE);
          fresh.add(next.toString());
        }
      }
      case NONE -> throw new IllegalStateException("map " + map.name() + " was refused");
    }
    return fresh;
  }

  private BigInteger greatest(IdMap map, Optional<Home> home, boolean forward) throws SQLException {
    BigInteger ofPairs = pairs.greatest(map.name(), !forward);
    if (home.isEmpty()) {
      return ofPairs;
    }
    IdPairs where = forward ? pairs : source;
    return ofPairs.max(where.greatest(home.get().table(), home.get().column()));
  }

  private static String text(Object id) {
    return id instanceof byte[] bytes ? HexFormat.of().formatHex(bytes) : id.toString();
  }

  private static Object cell(Type type, String text) {
    return switch (type.kind()) {
      case INTEGER -> Long.valueOf(text);
      case UNSIGNED -> new BigInteger(text);
      case UUID -> UUID.fromString(text);
      case BYTES -> HexFormat.of().parseHex(text);
      default -> text;
    };
  }
}
