package dev.banyan.transfer.mapping;

import dev.banyan.transfer.mapping.IdMap.Ids;
import dev.banyan.transfer.table.Type.Kind;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Ids that stand where there is no pair, so that a row without one can be compared and named.
/// Guarded by itself; bounded.
final class StandIns {
  /// Beyond this a map is lost, and not some of its pairs.
  private static final int MOST = 200_000;

  private static final int UNSIGNED_BITS = 64;

  private record Place(String map, boolean source, String id) {}

  private final Map<Place, String> others = new HashMap<>();

  /// @param forward whether the id is the source's
  synchronized String of(IdMap map, boolean forward, String id) throws SQLException {
    Place place = new Place(map.name(), forward, id);
    String known = others.get(place);
    if (known != null) {
      return known;
    }
    if (others.size() >= 2 * MOST) {
      throw new SQLException(
          "map "
              + map.name()
              + " has no pairs for more than "
              + MOST
              + " ids that rows have: put its table of pairs back before anything is compared");
    }
    String made = made(forward ? map.target() : map.source(), place);
    others.put(place, made);
    others.put(new Place(map.name(), !forward, made), id);
    return made;
  }

  /// A UUID of the name, or a number at the end of what the type has.
  private String made(Ids ids, Place place) {
    @Nullable BigInteger edge =
        switch (ids.type().kind()) {
          case INTEGER ->
              BigInteger.ONE
                  .shiftLeft(Byte.SIZE * Math.max(1, ids.type().length()) - 1)
                  .negate()
                  .add(BigInteger.valueOf(others.size()));
          case UNSIGNED ->
              BigInteger.ONE
                  .shiftLeft(UNSIGNED_BITS)
                  .subtract(BigInteger.valueOf(1L + others.size()));
          default -> null;
        };
    if (edge != null) {
      return edge.toString();
    }
    UUID named =
        UUID.nameUUIDFromBytes(
            ("no pair in " + place.map() + ": " + place.id()).getBytes(StandardCharsets.UTF_8));
    return ids.type().kind() == Kind.BYTES
        ? HexFormat.of().formatHex(TextConversions.bytes(named))
        : named.toString();
  }
}
