package dev.banyan.transfer.mapping;

import com.dynatrace.hash4j.hashing.HashValue128;
import com.dynatrace.hash4j.hashing.Hashing;
import dev.banyan.transfer.engine.MappedTable;
import dev.banyan.transfer.engine.Mapping;
import dev.banyan.transfer.table.TableName;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What becomes of the rows of a whole transfer.
public final class Mappings implements Mapping {
  private final List<TableMapping> all;
  private final Map<TableName, List<TableMapping>> bySource;
  private final String hash;

  Mappings(List<TableMapping> all) {
    this.all = List.copyOf(all);
    Map<TableName, List<TableMapping>> grouped = new LinkedHashMap<>();
    for (TableMapping each : all) {
      grouped.computeIfAbsent(each.source().name(), name -> new ArrayList<>()).add(each);
    }
    this.bySource = grouped;
    this.hash = hash(all);
  }

  private static String hash(List<TableMapping> all) {
    String text = String.join("\n", all.stream().map(TableMapping::canonical).sorted().toList());
    HashValue128 hash =
        Hashing.xxh3_128().hashBytesTo128Bits(text.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().toHexDigits(hash.getMostSignificantBits())
        + HexFormat.of().toHexDigits(hash.getLeastSignificantBits());
  }

  /// Every pair of a source table and a target table, in the order in which they were declared.
  public List<TableMapping> tables() {
    return all;
  }

  /// 128 bits that change when the mapping does, or the columns that it maps.
  public String hash() {
    return hash;
  }

  /// The same for whoever only compares: [TableMapping#looking].
  public Mappings looking() {
    return new Mappings(all.stream().map(TableMapping::looking).toList());
  }

  /// The greatest numbers that pairs of ids have, by the tables of one side whose keys they are.
  public Map<TableName, BigInteger> given(boolean ofSource) throws SQLException {
    Map<TableName, BigInteger> given = new HashMap<>();
    for (TableMapping each : all) {
      each.given(ofSource, given);
    }
    return given;
  }

  @Override
  public List<MappedTable> of(TableName source) {
    return List.copyOf(bySource.getOrDefault(source, List.of()));
  }

  /// Several target tables may take different rows: then all are read, and each takes its own.
  @Override
  public String where(TableName source) {
    List<String> conditions =
        bySource.getOrDefault(source, List.of()).stream()
            .map(TableMapping::sourceWhere)
            .distinct()
            .toList();
    return conditions.size() == 1 ? conditions.getFirst() : "";
  }

  /// The same transfer the other way: what becomes of the rows of each target table.
  public Mapping reversed() {
    return new Mapping() {
      @Override
      public List<MappedTable> of(TableName target) {
        return all.stream()
            .filter(each -> each.target().name().equals(target))
            .map(TableMapping::reversed)
            .toList();
      }

      @Override
      public String where(TableName target) {
        List<String> conditions =
            all.stream()
                .filter(each -> each.target().name().equals(target))
                .map(TableMapping::where)
                .distinct()
                .toList();
        return conditions.size() == 1 ? conditions.getFirst() : "";
      }
    };
  }
}
