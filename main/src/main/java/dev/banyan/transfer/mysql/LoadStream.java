package dev.banyan.transfer.mysql;

import dev.banyan.transfer.engine.RowCursor;
import dev.banyan.transfer.table.Column;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.Special;
import dev.banyan.transfer.table.Type;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The rows of a cursor as the file that `LOAD DATA` reads, made while it is being sent: the server
/// parses one part while the next is made.
///
/// One stream ends after a bounded number of rows, so that the rows whose numbers a warning gives
/// can still be named. Fields end with a tab and lines with a line feed, and both are escaped by a
/// backslash inside a field.
final class LoadStream extends InputStream {
  private static final int ROWS = 50_000;
  private static final int BYTES = 32 << 20;
  private static final int FILL = 1 << 16;

  /// Nanoseconds of the last digit, by the digits of a second.
  private static final long[] UNITS = {
    1_000_000_000, 100_000_000, 10_000_000, 1_000_000, 100_000, 10_000, 1_000
  };

  private final RowCursor rows;
  private final List<Column> columns;
  private final int[] written;
  private final List<List<String>> labels;
  private final List<Row> sent = new ArrayList<>();
  private byte[] buffer = new byte[2 * FILL];
  private int from;
  private int to;
  private int bytes;
  private boolean ended;
  private boolean exhausted;
  private @Nullable Exception failure;

  /// @param written which of the cells are sent
  LoadStream(RowCursor rows, List<Column> columns, int[] written) {
    this.rows = rows;
    this.columns = columns;
    this.written = written;
    this.labels = columns.stream().map(LoadStream::labels).toList();
  }

  private static List<String> labels(Column column) {
    Type type = column.type();
    return type.kind() == Type.Kind.ENUM || Types.set(type)
        ? Types.labels(type.declared())
        : List.of();
  }

  /// The rows of this part, for their keys.
  List<Row> sent() {
    return sent;
  }

  /// Whether the cursor has no more.
  boolean exhausted() {
    return exhausted;
  }

  /// Why there is no next part: a row that can not be written down, or a cursor that failed.
  @Nullable Exception failure() {
    return failure;
  }

  /// Begins the next part.
  LoadStream next() {
    sent.clear();
    from = 0;
    to = 0;
    bytes = 0;
    ended = false;
    return this;
  }

  @Override
  public int read() {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) {
    if (from == to) {
      fill();
    }
    if (from == to) {
      return -1;
    }
    int count = Math.min(length, to - from);
    System.arraycopy(buffer, from, into, offset, count);
    from += count;
    return count;
  }

  /// A failure ends the stream as if there were no more: an exception here would break the
  /// connection in the middle of a packet. Whoever reads the answer asks for [#failure] first.
  private void fill() {
    from = 0;
    to = 0;
    while (!ended && to < FILL) {
      int line = to;
      try {
        Row row = rows.next();
        if (row == null) {
          exhausted = true;
          ended = true;
        } else {
          sent.add(row);
          line(row);
          ended = sent.size() >= ROWS || bytes + to >= BYTES;
        }
      } catch (SQLException | IllegalArgumentException e) {
        failure = e;
        to = line;
        ended = true;
      }
    }
    bytes += to;
  }

  private void line(Row row) {
    for (int i = 0; i < written.length; i++) {
      if (i > 0) {
        put((byte) '\t');
      }
      int column = written[i];
      field(row.cell(column), columns.get(column).type(), labels.get(column));
    }
    put((byte) '\n');
  }

  private void field(@Nullable Object cell, Type type, List<String> labels) {
    switch (cell) {
      case null -> {
        put((byte) '\\');
        put((byte) 'N');
      }
      // A year of one or two digits is taken for one of this century.
      case Long year when type.declared().startsWith("year") && year >= 0 && year < 10_000 ->
          digits(year.intValue(), 4);
      case Long number -> number(number);
      case byte[] raw -> escaped(raw);
      case String bits when type.kind() == Type.Kind.BITS -> escaped(packed(bits));
      case String hex when Types.geometric(type) -> escaped(HexFormat.of().parseHex(hex));
      // As bytes, which a column of UUIDs takes them for too: the file is in no character set.
      case UUID uuid when type.kind() != Type.Kind.TEXT && type.kind() != Type.Kind.CHAR ->
          escaped(known(uuid, type));
      case String text -> text(known(text, type, labels));
      case LocalDate date when plainYear(date) -> date(date);
      case LocalDateTime moment when plainYear(moment.toLocalDate()) -> moment(moment, type);
      case Instant instant -> instant(instant, type);
      case Special special when special == Special.UNCHANGED ->
          throw new IllegalArgumentException("the row is not whole");
      default -> text(Sql.plain(cell, type));
    }
  }

  /// A number that is not among an enum's labels is taken for a label's place, and no warning says
  /// so.
  private static String known(String text, Type type, List<String> labels) {
    if (!labels.isEmpty() && !text.isEmpty() && Character.isDigit(text.charAt(0))) {
      List<String> parts = Types.set(type) ? List.of(text.split(",", -1)) : List.of(text);
      if (!labels.containsAll(parts)) {
        throw new IllegalArgumentException(type.declared() + " has no label " + text);
      }
    }
    return text;
  }

  /// MariaDB keeps UUIDs of its own order with their parts exchanged, and can not tell some of
  /// later versions from those: it refuses them as text, and exchanges their parts when they come
  /// as bytes, without a word.
  private static byte[] known(UUID uuid, Type type) {
    byte[] bytes = Sql.bytes(uuid);
    int variant = Byte.toUnsignedInt(bytes[8]);
    if (type.kind() == Type.Kind.UUID && bytes[6] < 0 && variant > 0 && variant <= 0x80) {
      throw new IllegalArgumentException(
          "MariaDB's uuid has no value for " + uuid + ": make the column a binary(16)");
    }
    return bytes;
  }

  private static boolean plainYear(LocalDate date) {
    return date.getYear() >= 0 && date.getYear() <= 9999;
  }

  private static byte[] packed(String bits) {
    byte[] bytes = new BigInteger(bits.isEmpty() ? "0" : bits, 2).toByteArray();
    return bytes.length > 1 && bytes[0] == 0 ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
  }

  private void instant(Instant instant, Type type) {
    LocalDateTime moment = LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
    if (!plainYear(moment.toLocalDate())) {
      throw new IllegalArgumentException(type.declared() + " has no value for " + instant);
    }
    moment(moment, type);
  }

  private void date(LocalDate date) {
    digits(date.getYear(), 4);
    put((byte) '-');
    digits(date.getMonthValue(), 2);
    put((byte) '-');
    digits(date.getDayOfMonth(), 2);
  }

  private void moment(LocalDateTime moment, Type type) {
    int kept = type.scale() < 0 ? 6 : type.scale();
    LocalTime time = moment.toLocalTime();
    int nanos = time.getNano();
    if (nanos % UNITS[kept] != 0) {
      throw new IllegalArgumentException(
          type.declared() + " keeps fewer digits of a second than " + moment + " has");
    }
    date(moment.toLocalDate());
    put((byte) ' ');
    digits(time.getHour(), 2);
    put((byte) ':');
    digits(time.getMinute(), 2);
    put((byte) ':');
    digits(time.getSecond(), 2);
    if (nanos != 0) {
      put((byte) '.');
      digits(nanos / 1000, 6);
    }
  }

  private void digits(int number, int count) {
    room(count);
    int rest = number;
    for (int i = to + count - 1; i >= to; i--) {
      buffer[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    to += count;
  }

  private void number(long number) {
    if (number < 0 || number > Integer.MAX_VALUE) {
      text(Long.toString(number));
      return;
    }
    int count = 1;
    for (long rest = number / 10; rest > 0; rest /= 10) {
      count++;
    }
    digits((int) number, count);
  }

  private void text(String text) {
    int length = text.length();
    room(2 * length);
    int at = to;
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        to = at;
        escaped(text.substring(i).getBytes(StandardCharsets.UTF_8));
        return;
      }
      if (special((byte) c)) {
        buffer[at++] = '\\';
        buffer[at++] = escape((byte) c);
      } else {
        buffer[at++] = (byte) c;
      }
    }
    to = at;
  }

  private void escaped(byte[] raw) {
    room(2 * raw.length);
    int at = to;
    for (byte b : raw) {
      if (special(b)) {
        buffer[at++] = '\\';
        buffer[at++] = escape(b);
      } else {
        buffer[at++] = b;
      }
    }
    to = at;
  }

  private static boolean special(byte b) {
    return b == '\\' || b == '\t' || b == '\n' || b == 0;
  }

  private static byte escape(byte b) {
    return switch (b) {
      case '\t' -> 't';
      case '\n' -> 'n';
      case 0 -> '0';
      default -> b;
    };
  }

  private void put(byte b) {
    room(1);
    buffer[to++] = b;
  }

  private void room(int more) {
    if (to + more > buffer.length) {
      buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, Math.addExact(to, more)));
    }
  }
}
