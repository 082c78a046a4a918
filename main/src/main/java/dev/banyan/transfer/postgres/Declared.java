package dev.banyan.transfer.postgres;

import dev.banyan.transfer.table.Column;
import dev.banyan.transfer.table.Type;
import java.util.Set;

/// Types as PostgreSQL spells them that are the same in every database of it.
final class Declared {
  /// Those whose cells are only text to us.
  private static final Set<String> TEXTUAL =
      Set.of(
          "interval",
          "inet",
          "cidr",
          "macaddr",
          "macaddr8",
          "int4range",
          "int8range",
          "numrange",
          "tsrange",
          "tstzrange",
          "daterange",
          "int4multirange",
          "int8multirange",
          "nummultirange",
          "tsmultirange",
          "tstzmultirange",
          "datemultirange",
          "point",
          "line",
          "lseg",
          "box",
          "path",
          "polygon",
          "circle",
          "xml",
          "money",
          "tsvector",
          "tsquery",
          "oid",
          "xid",
          "xid8",
          "cid",
          "tid",
          "pg_lsn",
          "pg_snapshot",
          "txid_snapshot",
          "jsonpath",
          "int2vector",
          "oidvector",
          "\"char\"");

  private Declared() {}

  /// A type without its size, by the name that casts use.
  static String plain(String declared) {
    return declared.startsWith("interval") ? "interval" : CellWriter.plain(declared);
  }

  static boolean builtIn(String declared) {
    return TEXTUAL.contains(plain(declared));
  }

  /// What stands between the elements of an array's text: of all built-in types, only boxes have a
  /// comma of their own.
  static char between(Type array) {
    return array.element().map(element -> element.declared().equals("box")).orElse(false)
        ? ';'
        : ',';
  }

  /// A column in its type's own text form, which is what the log has.
  ///
  /// A cast may write another, as that of `inet` adds `/32`, and a type that is not built in may
  /// have any: only `format` asks for the type's own.
  static String text(Column column) {
    String name = Sql.column(column.name());
    String declared = column.type().declared();
    boolean plain = builtIn(declared) && !declared.equals("inet");
    return plain || column.type().kind() != Type.Kind.OTHER
        ? name + "::text"
        : "case when " + name + " is not null then format('%s', " + name + ") end";
  }
}
