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
import java.util.Base64;
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
      Endpoint endpoint, long alone, long aloneDiffered, String seen, String differed) {
    static KeptUnits of(Endpoint endpoint, Units units) {
      return new KeptUnits(
          endpoint,
          units.alone(),
          units.aloneDiffered(),
          packed(units.seen()),
          packed(units.differed()));
    }

    Units units() {
      return new Units(alone, aloneDiffered, unpacked(seen), unpacked(differed));
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

  private static String packed(UnitBits units) {
    byte[] bits = units.toBytes();
    try (Deflater deflater = new Deflater()) {
      deflater.setInput(bits);
      deflater.finish();
      byte[] all = new byte[bits.length + 100]; // what can not be packed grows by less than that
      int length = deflater.deflate(all);
      return Base64.getEncoder().encodeToString(Arrays.copyOf(all, length));
    }
  }

  private static UnitBits unpacked(String packed) {
    byte[] all = Base64.getDecoder().decode(packed);
    try (InflaterInputStream bits = new InflaterInputStream(new ByteArrayInputStream(all))) {
      return UnitBits.of(bits.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException("kept units are damaged", e);
    }
  }
}
