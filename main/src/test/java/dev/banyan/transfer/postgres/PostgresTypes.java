package dev.banyan.transfer.postgres;

import dev.banyan.transfer.table.Type;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/// Every built-in type of PostgreSQL with values at its boundaries, as `types.tsv` has them. The
/// page of types is made from this list.
public final class PostgresTypes {
  /// What the types of the user are in that list.
  public static final List<String> DECLARATIONS =
      List.of(
          "create type mood as enum ('sad', 'it''s ok', 'happy, very')",
          "create domain positive as integer check (value > 0)",
          "create domain short_text as character varying(8)",
          "create domain document as jsonb",
          "create domain moods as mood[]");

  private PostgresTypes() {}

  /// @param table a name for a table of this type
  /// @param since the version of PostgreSQL that has it first; 0 for all
  /// @param kind of the cells
  /// @param values in the escapes of `E'…'`
  public record Case(String table, String type, int since, Type.Kind kind, List<String> values) {

    /// A value as SQL.
    public String literal(String value) {
      return "E'" + value.replace("'", "\\'") + "'";
    }
  }

  /// What a server of a version has.
  public static List<Case> of(int version) throws IOException {
    try (var list = PostgresTypes.class.getResourceAsStream("types.tsv")) {
      List<String> lines =
          new String(Objects.requireNonNull(list).readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .filter(line -> !line.startsWith("#"))
              .toList();
      return lines.stream()
          .map(line -> parse(line, lines.indexOf(line)))
          .filter(each -> each.since() <= version)
          .toList();
    }
  }

  private static Case parse(String line, int number) {
    String[] fields = line.split("\t", -1);
    int at = fields[0].indexOf('@');
    return new Case(
        "t" + number,
        at < 0 ? fields[0] : fields[0].substring(0, at),
        at < 0 ? 0 : Integer.parseInt(fields[0].substring(at + 1)),
        Type.Kind.valueOf(fields[1]),
        Arrays.asList(fields).subList(2, fields.length));
  }
}
