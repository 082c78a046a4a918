package dev.banyan.transfer.moving;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// A record shop's database, as its scripts for two engines have it.
final class Chinook {
  private Chinook() {}

  static final Path SCRIPTS =
      Path.of(System.getProperty("corpora", "../../shared/corpora"), "chinook");

  /// As PostgreSQL's script spells them.
  static final Map<String, List<String>> TABLES =
      Map.ofEntries(
          Map.entry("album", List.of("album_id", "title", "artist_id")),
          Map.entry("artist", List.of("artist_id", "name")),
          Map.entry(
              "customer",
              List.of(
                  "customer_id",
                  "first_name",
                  "last_name",
                  "company",
                  "address",
                  "city",
                  "state",
                  "country",
                  "postal_code",
                  "phone",
                  "fax",
                  "email",
                  "support_rep_id")),
          Map.entry(
              "employee",
              List.of(
                  "employee_id",
                  "last_name",
                  "first_name",
                  "title",
                  "reports_to",
                  "birth_date",
                  "hire_date",
                  "address",
                  "city",
                  "state",
                  "country",
                  "postal_code",
                  "phone",
                  "fax",
                  "email")),
          Map.entry("genre", List.of("genre_id", "name")),
          Map.entry(
              "invoice",
              List.of(
                  "invoice_id",
                  "customer_id",
                  "invoice_date",
                  "billing_address",
                  "billing_city",
                  "billing_state",
                  "billing_country",
                  "billing_postal_code",
                  "total")),
          Map.entry(
              "invoice_line",
              List.of("invoice_line_id", "invoice_id", "track_id", "unit_price", "quantity")),
          Map.entry("media_type", List.of("media_type_id", "name")),
          Map.entry("playlist", List.of("playlist_id", "name")),
          Map.entry("playlist_track", List.of("playlist_id", "track_id")),
          Map.entry(
              "track",
              List.of(
                  "track_id",
                  "name",
                  "album_id",
                  "media_type_id",
                  "genre_id",
                  "composer",
                  "milliseconds",
                  "bytes",
                  "unit_price")));

  /// How one side's database spells what [#TABLES] has.
  enum Names {
    /// PostgreSQL's script
    SNAKE,
    /// MySQL's: `TrackId`
    CAMEL,
    /// either, where a database of the same engine has other names
    SNAKE_THERE,
    CAMEL_THERE;

    String of(String snake) {
      return switch (this) {
        case SNAKE -> snake;
        case CAMEL -> camelOf(snake);
        case SNAKE_THERE -> snake + "_there";
        case CAMEL_THERE -> camelOf(snake) + "There";
      };
    }

    boolean maria() {
      return this == CAMEL || this == CAMEL_THERE;
    }

    String quoted(String snake) {
      return maria() ? "`" + of(snake) + "`" : of(snake);
    }

    /// A script's statement with these names.
    String renamed(String statement) {
      if (this == SNAKE || this == CAMEL) {
        return statement;
      }
      Set<String> all = new TreeSet<>(TABLES.keySet());
      TABLES.values().forEach(all::addAll);
      String renamed = statement;
      for (String each : all) {
        String old = (maria() ? CAMEL : SNAKE).of(each);
        renamed = renamed.replaceAll("\\b" + old + "\\b", of(each));
      }
      return renamed;
    }
  }

  private static String camelOf(String snake) {
    StringBuilder text = new StringBuilder();
    for (String part : snake.split("_", -1)) {
      text.append(Character.toUpperCase(part.charAt(0))).append(part.substring(1));
    }
    return text.toString();
  }

  /// The statements of a script but for those on databases and foreign keys.
  static List<String> script(String name, boolean rows) throws IOException {
    String all = Files.readString(SCRIPTS.resolve(name)).replaceAll("(?s)/\\*.*?\\*/", "");
    List<String> statements = new ArrayList<>();
    StringBuilder one = new StringBuilder();
    for (String line : all.lines().toList()) {
      one.append(line).append('\n');
      if (line.stripTrailing().endsWith(";")) {
        String statement = one.toString().strip();
        one.setLength(0);
        if (statement.startsWith("CREATE TABLE") || (rows && statement.startsWith("INSERT"))) {
          statements.add(statement.substring(0, statement.length() - 1));
        }
      }
    }
    return statements;
  }
}
