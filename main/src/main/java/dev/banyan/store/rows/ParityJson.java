package dev.banyan.store.rows;

import dev.banyan.migration.Endpoint;
import dev.banyan.migration.ParityEvidence;
import dev.banyan.parity.ParityStore;
import dev.banyan.parity.UnitBits;
import dev.banyan.parity.Units;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.Deflater;
import java.util.zip.InflaterInputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A family's comparisons as one JSON document.
public final class ParityJson {
  private static final String UNITS_KEPT = "kept";

  private ParityJson() {}

  /// The units of one endpoint; the bits are packed, for few of them are set.
  private record KeptUnits(
      Endpoint endpoint, long alone, long aloneDiffered, byte[] seen, byte[] differed) {
    static KeptUnits of(Endpoint endpoint, Units units) {
      return new KeptUnits(
          endpoint,
          units.alone(),
          units.aloneDiffered(),
          packed(units.seen().toBytes()),
          packed(units.differed().toBytes()));
    }

    Units units() {
      return new Units(
          alone, aloneDiffered, UnitBits.of(unpacked(seen)), UnitBits.of(unpacked(differed)));
    }
  }

  public static String write(ParityStore.Kept kept) {
    ObjectNode document = Json.tree(kept.evidence());
    ArrayNode units = document.putArray(UNITS_KEPT);
    kept.units().forEach((endpoint, each) -> units.add(Json.tree(KeptUnits.of(endpoint, each))));
    return Json.write(document);
  }

  /// What an older version left out is as if it had counted none of it; where it told no units
  /// apart, each comparison is one.
  ///
  /// @param sides whose answers were compared
  public static ParityStore.Kept read(String sides, String json) {
    ObjectNode document = Json.read(json, ObjectNode.class);
    absent(document, "accepted", document.numberNode(0));
    absent(document, "dropped", document.objectNode());
    for (JsonNode endpoint : document.path("endpoints")) {
      absent((ObjectNode) endpoint, "status", document.numberNode(0));
      absent((ObjectNode) endpoint, "accepted", document.numberNode(0));
      for (JsonNode field : endpoint.path("differences")) {
        absent((ObjectNode) field, "critical", document.booleanNode(false));
      }
    }
    JsonNode kept = document.remove(UNITS_KEPT);
    ParityEvidence evidence = Json.read(document, ParityEvidence.class);
    if (kept == null) {
      return new ParityStore.Kept(sides, evidence);
    }
    Map<Endpoint, Units> units = new LinkedHashMap<>();
    for (JsonNode each : kept) {
      KeptUnits of = Json.read(each, KeptUnits.class);
      units.put(of.endpoint(), of.units());
    }
    return new ParityStore.Kept(sides, evidence, units);
  }

  private static void absent(ObjectNode object, String name, JsonNode value) {
    if (!object.has(name)) {
      object.set(name, value);
    }
  }

  private static byte[] packed(byte[] bits) {
    try (Deflater deflater = new Deflater()) {
      deflater.setInput(bits);
      deflater.finish();
      byte[] all = new byte[bits.length + 100]; // what can not be packed grows by less than that
      return Arrays.copyOf(all, deflater.deflate(all));
    }
  }

  private static byte[] unpacked(byte[] packed) {
    try (InflaterInputStream bits = new InflaterInputStream(new ByteArrayInputStream(packed))) {
      return bits.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("kept units are damaged", e);
    }
  }
}
