package dev.banyan.transfer.table;

import java.util.Objects;

/// A table by its schema and name, as the database spells them.
///
/// @param schema on MariaDB and MySQL the database; on SQLite `main`
public record TableName(String schema, String name) implements Comparable<TableName> {
  public TableName {
    Objects.requireNonNull(schema);
    Objects.requireNonNull(name);
  }

  /// Reads `schema.name`, or a bare name in the schema that the database looks in by default.
  public static TableName parse(String text, String defaultSchema) {
    int dot = text.indexOf('.');
    return dot < 0
        ? new TableName(defaultSchema, text)
        : new TableName(text.substring(0, dot), text.substring(dot + 1));
  }

  @Override
  public int compareTo(TableName other) {
    int bySchema = schema.compareTo(other.schema);
    return bySchema != 0 ? bySchema : name.compareTo(other.name);
  }

  @Override
  public String toString() {
    return schema + "." + name;
  }
}
