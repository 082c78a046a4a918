package dev.banyan.demo.legacy;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// SQL in, plain maps out: no types of its own, as in the old days.
final class Rows {
  private static final JsonMapper JSON = new JsonMapper();
  private static final DateTimeFormatter ISO =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'");

  private final DataSource database;

  Rows(DataSource database) {
    this.database = database;
  }

  /// Runs a statement that returns rows. Columns that are null are left out.
  List<Map<String, Object>> query(String sql, @Nullable Object... values) throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      try (ResultSet result = statement.executeQuery()) {
        List<Map<String, Object>> rows = new ArrayList<>();
        while (result.next()) {
          rows.add(row(result));
        }
        return rows;
      }
    }
  }

  private static Map<String, Object> row(ResultSet result) throws SQLException {
    ResultSetMetaData columns = result.getMetaData();
    Map<String, Object> row = new LinkedHashMap<>();
    for (int i = 1; i <= columns.getColumnCount(); i++) {
      Object value = result.getObject(i);
      if (value instanceof java.sql.Timestamp) {
        OffsetDateTime time = result.getObject(i, OffsetDateTime.class);
        value = time.withOffsetSameInstant(ZoneOffset.UTC).format(ISO);
      }
      if (value != null) {
        row.put(
            columns.getColumnLabel(i),
            value instanceof BigDecimal money ? money.toPlainString() : value);
      }
    }
    return row;
  }

  static Map<String, Object> object(String name, Object value, String name2, Object value2) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put(name, value);
    object.put(name2, value2);
    return object;
  }

  static String stringify(Object value) {
    return JSON.writeValueAsString(value);
  }

  /// A request's body as an object; empty where it is none.
  static Map<String, Object> parse(String body) {
    Map<String, Object> fields = new LinkedHashMap<>();
    try {
      if (JSON.readValue(body, Object.class) instanceof Map<?, ?> object) {
        object.forEach((name, value) -> {
          if (value != null) {
            fields.put(String.valueOf(name), value);
          }
        });
      }
    } catch (tools.jackson.core.JacksonException malformed) {
      // body-parser of that age hands an empty object on; the required fields are missed later.
      return Map.of();
    }
    return fields;
  }
}
