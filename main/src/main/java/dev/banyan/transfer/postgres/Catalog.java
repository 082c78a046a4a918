package dev.banyan.transfer.postgres;

import dev.banyan.transfer.table.Column;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import dev.banyan.transfer.table.Type;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads tables from the system catalogs.
final class Catalog {
  /// Ordinary and partitioned tables, and what a preflight has to refuse by name: views, foreign
  /// tables.
  private static final String TABLES =
      """
      select c.oid::bigint, n.nspname, c.relname, coalesce(s.rows, -1), coalesce(s.bytes, -1)
      from unnest(?, ?) as wanted(schema, name)
      join pg_namespace n on n.nspname = wanted.schema
      join pg_class c on c.relnamespace = n.oid and c.relname = wanted.name
      left join lateral (
        select sum(pg_total_relation_size(p.oid))::bigint as bytes,
          case when bool_or(p.reltuples < 0 or (p.reltuples = 0 and p.relpages = 0
              and pg_relation_size(p.oid) > 0)) then -1
            else sum(p.reltuples)::bigint end as rows
        from pg_class p
        where p.oid in (select c.oid where c.relkind = 'r'
          union select relid from pg_partition_tree(c.oid) where isleaf)
      ) s on c.relkind in ('r', 'p')
      where c.relkind in ('r', 'p', 'f', 'v', 'm')
      """;

  private static final String COLUMNS =
      """
      select a.attrelid::bigint, a.attname, a.atttypid::bigint, a.atttypmod,
        format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attgenerated <> '',
        a.attidentity <> '', a.attcollation::bigint, a.atthasdef
      from pg_attribute a
      where a.attrelid = any(?::oid[]) and a.attnum > 0 and not a.attisdropped
      order by a.attrelid, a.attnum
      """;

  private static final String TYPES =
      """
      with recursive reached(oid) as (
        select unnest(?::oid[])
        union
        select other.oid from reached r join pg_type t on t.oid = r.oid
          join pg_type other on other.oid in (t.typbasetype, t.typelem))
      select t.oid::bigint, t.typname, t.typtype, t.typbasetype::bigint, t.typtypmod,
        case when t.typcategory = 'A' and t.typlen = -1 and t.oid not in (22, 30)
          then t.typelem::bigint else 0 end,
        format_type(t.oid, null), format_type(nullif(t.typbasetype, 0), t.typtypmod)
      from reached r join pg_type t on t.oid = r.oid
      """;

  /// Keys that a change can be addressed by, the best first: what the log names rows by, the
  /// primary key, the narrowest.
  private static final String KEYS =
      """
      select i.indrelid::bigint,
        array(select a.attname::text from unnest(i.indkey::int2[]) with ordinality k(num, place)
          join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.num
          where k.place <= i.indnkeyatts order by k.place)
      from pg_index i
      where i.indrelid = any(?::oid[]) and i.indisunique and i.indimmediate and i.indisvalid
        and i.indpred is null and i.indexprs is null
        and not exists (select from unnest(i.indkey::int2[]) with ordinality k(num, place)
          join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.num
          where k.place <= i.indnkeyatts and not a.attnotnull)
      order by i.indrelid, i.indisreplident desc, i.indisprimary desc, i.indnkeyatts,
        i.indexrelid
      """;

  /// Collations that compare byte for byte. A database's own is collation 100, `default`.
  private static final String BINARY =
      """
      with server as (
        select current_setting('server_encoding') in ('UTF8', 'LATIN1') as ordered,
          coalesce(to_jsonb(d)->>'datlocprovider', 'c') as provider, d.datcollate as libc,
          coalesce(to_jsonb(d)->>'datlocale', '') as locale
        from pg_database d where d.datname = current_database())
      select c.oid::bigint
      from pg_collation c, server s,
        lateral (select coalesce(to_jsonb(c)->>'colllocale', '') as locale) own
      where s.ordered and c.collisdeterministic and (
        c.collname in ('C', 'POSIX', 'ucs_basic') and c.collnamespace = 'pg_catalog'::regnamespace
        or c.collprovider = 'c' and c.collcollate in ('C', 'POSIX')
        or c.collprovider = 'b' and own.locale in ('C', 'C.UTF-8', 'C.UTF8')
        or c.oid = 100 and (s.provider = 'c' and s.libc in ('C', 'POSIX')
          or s.provider = 'b' and s.locale in ('C', 'C.UTF-8', 'C.UTF8')))
      """;

  private record Raw(
      String name,
      long type,
      int modifier,
      String declared,
      boolean required,
      boolean generated,
      boolean identity,
      long collation,
      boolean defaulted) {}

  private record PgType(
      String name, String kind, long base, int modifier, long element, String plain, String of) {}

  private final Connection connection;
  private final Map<Long, PgType> types = new HashMap<>();

  private Catalog(Connection connection) {
    this.connection = connection;
  }

  static List<Table> tables(Connection connection, Collection<TableName> names)
      throws SQLException {
    return new Catalog(connection).read(List.copyOf(names));
  }

  private record Found(TableName name, long rows, long bytes) {}

  private List<Table> read(List<TableName> names) throws SQLException {
    Map<Long, Found> found = new LinkedHashMap<>();
    Sessions.list(
        connection,
        TABLES,
        row ->
            found.put(
                row.getLong(1),
                new Found(
                    new TableName(row.getString(2), row.getString(3)),
                    row.getLong(4),
                    row.getLong(5))),
        names.stream().map(TableName::schema).toArray(String[]::new),
        names.stream().map(TableName::name).toArray(String[]::new));
    Long[] oids = found.keySet().toArray(Long[]::new);
    Map<Long, List<Raw>> columns = columns(oids);
    Map<Long, List<String>> keys = keys(oids);
    types(columns.values());
    List<Long> binary = Sessions.list(connection, BINARY, row -> row.getLong(1));
    Map<TableName, Table> tables = new HashMap<>();
    found.forEach((oid, table) ->
        tables.put(
            table.name(),
            new Table(
                table.name(),
                columns.getOrDefault(oid, List.of()).stream()
                    .map(raw -> column(raw, binary))
                    .toList(),
                keys.getOrDefault(oid, List.of()),
                table.rows(),
                table.bytes())));
    return names.stream().distinct().filter(tables::containsKey).map(tables::get).toList();
  }

  private Map<Long, List<Raw>> columns(Long[] oids) throws SQLException {
    Map<Long, List<Raw>> columns = new HashMap<>();
    Sessions.list(
        connection,
        COLUMNS,
        row -> columns.computeIfAbsent(row.getLong(1), _ -> new ArrayList<>()).add(raw(row)),
        (Object) oids);
    return columns;
  }

  private static Raw raw(ResultSet row) throws SQLException {
    return new Raw(
        row.getString(2),
        row.getLong(3),
        row.getInt(4),
        row.getString(5),
        row.getBoolean(6),
        row.getBoolean(7),
        row.getBoolean(8),
        row.getLong(9),
        row.getBoolean(10));
  }

  private Map<Long, List<String>> keys(Long[] oids) throws SQLException {
    Map<Long, List<String>> keys = new HashMap<>();
    Sessions.list(
        connection,
        KEYS,
        row ->
            keys.putIfAbsent(row.getLong(1), Arrays.asList((String[]) row.getArray(2).getArray())),
        (Object) oids);
    return keys;
  }

  private void types(Collection<List<Raw>> columns) throws SQLException {
    Long[] wanted =
        columns.stream().flatMap(List::stream).map(Raw::type).distinct().toArray(Long[]::new);
    Sessions.list(
        connection,
        TYPES,
        row ->
            types.put(
                row.getLong(1),
                new PgType(
                    row.getString(2),
                    row.getString(3),
                    row.getLong(4),
                    row.getInt(5),
                    row.getLong(6),
                    row.getString(7),
                    String.valueOf(row.getString(8)))),
        (Object) wanted);
  }

  private Column column(Raw raw, List<Long> binary) {
    Type type = type(raw.type(), raw.modifier(), raw.declared());
    boolean ordered =
        (type.kind() == Type.Kind.TEXT || type.kind() == Type.Kind.CHAR)
            && !isCaseless(raw.type())
            && binary.contains(raw.collation());
    return new Column(
        raw.name(),
        type,
        !raw.required(),
        raw.generated(),
        raw.identity(),
        ordered,
        raw.defaulted());
  }

  private boolean isCaseless(long oid) {
    PgType type = known(oid);
    return type.kind().equals("d") ? isCaseless(type.base()) : type.name().equals("citext");
  }

  private PgType known(long oid) {
    PgType type = types.get(oid);
    if (type == null) {
      throw new IllegalStateException("the catalog has no type " + oid);
    }
    return type;
  }

  private Type type(long oid, int modifier, String declared) {
    PgType type = known(oid);
    if (type.kind().equals("d")) {
      Type base = type(type.base(), type.modifier(), type.of());
      return new Type(base.kind(), base.length(), base.scale(), declared, base.element());
    }
    if (type.element() != 0) {
      String inner =
          declared.endsWith("[]")
              ? declared.substring(0, declared.length() - 2)
              : known(type.element()).plain();
      Type element = type(type.element(), modifier, inner);
      return new Type(Type.Kind.ARRAY, 0, -1, declared, java.util.Optional.of(element));
    }
    if (type.kind().equals("e")) {
      return new Type(Type.Kind.ENUM, 0, -1, declared);
    }
    return scalar((int) oid, type.name(), modifier, declared);
  }

  private static Type scalar(int oid, String name, int modifier, String declared) {
    return switch (oid) {
      case 16 -> new Type(Type.Kind.BOOLEAN, 0, -1, declared);
      case 21 -> new Type(Type.Kind.INTEGER, 2, -1, declared);
      case 23 -> new Type(Type.Kind.INTEGER, 4, -1, declared);
      case 20 -> new Type(Type.Kind.INTEGER, 8, -1, declared);
      case 1700 -> decimal(modifier, declared);
      case 700 -> new Type(Type.Kind.REAL, 0, -1, declared);
      case 701 -> new Type(Type.Kind.DOUBLE, 0, -1, declared);
      case 19 -> new Type(Type.Kind.TEXT, 63, -1, declared);
      case 25 -> new Type(Type.Kind.TEXT, 0, -1, declared);
      case 1043 -> new Type(Type.Kind.TEXT, Math.max(modifier - 4, 0), -1, declared);
      case 1042 -> new Type(Type.Kind.CHAR, Math.max(modifier - 4, 0), -1, declared);
      case 17 -> new Type(Type.Kind.BYTES, 0, -1, declared);
      case 1082 -> new Type(Type.Kind.DATE, 0, -1, declared);
      case 1083 -> new Type(Type.Kind.TIME, 0, modifier, declared);
      case 1266 -> new Type(Type.Kind.TIME_TZ, 0, modifier, declared);
      case 1114 -> new Type(Type.Kind.TIMESTAMP, 0, modifier, declared);
      case 1184 -> new Type(Type.Kind.TIMESTAMP_TZ, 0, modifier, declared);
      case 2950 -> new Type(Type.Kind.UUID, 0, -1, declared);
      case 114, 3802 -> new Type(Type.Kind.JSON, 0, -1, declared);
      case 1560, 1562 -> new Type(Type.Kind.BITS, Math.max(modifier, 0), -1, declared);
      default ->
          new Type(name.equals("citext") ? Type.Kind.TEXT : Type.Kind.OTHER, 0, -1, declared);
    };
  }

  /// The scale has eleven bits and may be below zero.
  private static Type decimal(int modifier, String declared) {
    return modifier < 4
        ? new Type(Type.Kind.DECIMAL, 0, -1, declared)
        : new Type(
            Type.Kind.DECIMAL,
            ((modifier - 4) >> 16) & 0xffff,
            (((modifier - 4) & 0x7ff) ^ 1_024) - 1_024,
            declared);
  }
}
