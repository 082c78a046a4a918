package dev.banyan.store.sqlite;

import dev.banyan.migration.ParityEvidence;
import dev.banyan.parity.ParityStore;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Each family's comparisons as one JSON document.
final class SqliteParity implements ParityStore {
  private final Database database;

  SqliteParity(Database database) {
    this.database = database;
  }

  @Override
  public void save(String family, Kept kept) {
    String json = Json.write(kept.evidence());
    database.transaction(
        "the comparisons of " + family + " can not be written",
        connection -> {
          try (PreparedStatement insert =
              connection.prepareStatement(
                  "insert or replace into parity (family, evidence, sides) values (?, ?, ?)")) {
            insert.setString(1, family);
            insert.setString(2, json);
            insert.setString(3, kept.sides());
            return insert.executeUpdate();
          }
        });
  }

  @Override
  public Map<String, Kept> load() {
    return database.transaction(
        "the comparisons can not be read",
        connection -> {
          Map<String, Kept> all = new HashMap<>();
          try (PreparedStatement select =
                  connection.prepareStatement("select family, evidence, sides from parity");
              ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
              ParityEvidence evidence = evidence(rows.getString(2));
              all.put(rows.getString(1), new Kept(rows.getString(3), evidence));
            }
          }
          return all;
        });
  }

  /// What an older version left out is as if it had counted none of it.
  private static ParityEvidence evidence(String json) {
    ObjectNode evidence = Json.read(json, ObjectNode.class);
    absent(evidence, "accepted", evidence.numberNode(0));
    absent(evidence, "dropped", evidence.objectNode());
    for (JsonNode endpoint : evidence.path("endpoints")) {
      absent((ObjectNode) endpoint, "status", evidence.numberNode(0));
      absent((ObjectNode) endpoint, "accepted", evidence.numberNode(0));
      for (JsonNode field : endpoint.path("differences")) {
        absent((ObjectNode) field, "critical", evidence.booleanNode(false));
      }
    }
    return Json.read(evidence, ParityEvidence.class);
  }

  private static void absent(ObjectNode object, String name, JsonNode value) {
    if (!object.has(name)) {
      object.set(name, value);
    }
  }
}
