package dev.banyan.transfer.mysql;

import dev.banyan.transfer.table.TableName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// What the log says of a table before the rows that it changed.
///
/// @param types the columns' types by the protocol's numbers
/// @param metas what is needed besides to read a value
/// @param names empty unless `binlog_row_metadata` is FULL
/// @param enums how many labels each enum column has, in their order; empty unless FULL
/// @param sets those of the set columns
@SuppressWarnings("ArrayRecordComponent") // made for each map of the log, and never written to
record TableMap(
    long id,
    TableName name,
    int[] types,
    int[] metas,
    List<String> names,
    List<Integer> enums,
    List<Integer> sets) {
  static final int STRING = 254;
  static final int ENUM = 247;
  static final int SET = 248;

  private static final int SET_LABELS = 5;
  private static final int ENUM_LABELS = 6;
  private static final int COLUMN_NAMES = 4;

  static TableMap read(byte[] event) {
    Bytes in = new Bytes(event);
    long id = in.little(6);
    in.skip(2);
    String schema = in.text(in.unsigned(), StandardCharsets.UTF_8);
    in.skip(1);
    String table = in.text(in.unsigned(), StandardCharsets.UTF_8);
    in.skip(1);
    int[] types = new int[in.packed()];
    for (int i = 0; i < types.length; i++) {
      types[i] = in.unsigned();
    }
    int metaEnd = in.packed() + in.at();
    int[] metas = new int[types.length];
    for (int i = 0; i < types.length && in.at() < metaEnd; i++) {
      metas[i] = meta(in, types[i]);
    }
    in.skip(metaEnd - in.at());
    in.skip((types.length + 7) / 8);
    List<String> names = new ArrayList<>();
    List<Integer> enums = new ArrayList<>();
    List<Integer> sets = new ArrayList<>();
    while (in.left() > 1) {
      int field = in.unsigned();
      int end = in.packed() + in.at();
      switch (field) {
        case COLUMN_NAMES -> names.addAll(texts(in, end));
        case ENUM_LABELS -> enums.addAll(labels(in, end));
        case SET_LABELS -> sets.addAll(labels(in, end));
        default -> {}
      }
      in.skip(end - in.at());
    }
    return new TableMap(id, new TableName(schema, table), types, metas, names, enums, sets);
  }

  private static int meta(Bytes in, int type) {
    return switch (type) {
      case 4, 5, 17, 18, 19, 245, 252, 255, 242, 140 -> in.unsigned();
      case 15, 16, 253, 141 -> (int) in.little(2);
      case STRING, ENUM, SET, 246 -> (int) in.big(2);
      default -> 0;
    };
  }

  private static List<String> texts(Bytes in, int end) {
    List<String> texts = new ArrayList<>();
    while (in.at() < end) {
      texts.add(in.text(in.packed(), StandardCharsets.UTF_8));
    }
    return texts;
  }

  /// The labels themselves are in the column's character set, and are taken from the catalog.
  private static List<Integer> labels(Bytes in, int end) {
    List<Integer> counts = new ArrayList<>();
    while (in.at() < end) {
      int count = in.packed();
      for (int i = 0; i < count; i++) {
        in.skip(in.packed());
      }
      counts.add(count);
    }
    return counts;
  }
}
