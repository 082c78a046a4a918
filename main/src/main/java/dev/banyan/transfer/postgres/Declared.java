package dev.banyan.transfer.postgres;

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
}
