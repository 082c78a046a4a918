package dev.banyan.store.sqlite;

import dev.banyan.parity.ParityStore;
import dev.banyan.store.rows.ParityJson;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.HashMap;
import java.util.Map;

/// Each family's comparisons as one JSON document.
final class SqliteParity implements ParityStore {
  private final Database database;

  SqliteParity(Database database) {
    this.database = database;
  }

  @Override
  public void save(String family, Kept kept) {
    String json = ParityJson.write(kept);
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
              all.put(rows.getString(1), ParityJson.read(rows.getString(3), rows.getString(2)));
            }
          }
          return all;
        });
  }
}
