package dev.banyan.config;

import dev.banyan.config.Type.Group;
import dev.banyan.config.Type.JsonForm;
import dev.banyan.config.Type.ListOf;
import dev.banyan.config.Type.MapOf;
import dev.banyan.config.Type.OneOrMore;
import dev.banyan.config.Type.Scalar;
import dev.banyan.config.Type.TextOrGroup;
import java.util.List;
import java.util.regex.Pattern;

/// The keys about where one table goes, and each of its columns.
final class MappingKeys {
  private static final Pattern NAME = Pattern.compile("[^\\r\\n\\t]{1,128}");
  private static final String NAME_RULE = "a column's name, up to 128 characters";
  private static final int MOST_COLUMNS = 2_000;
  private static final int MOST_PARTS = 20;

  private MappingKeys() {}

  /// One column, by its name on the source or, with `from`, on the target.
  static final class Column {
    private Column() {}

    static final Key<String> TO =
        Key.of(
                "to",
                Scalars.text(128),
                "The column's name on the target; the key above is then its name on the source. The"
                    + " short form `user_id: id` means the same.")
            .example("id");
    static final Key<List<Placed<String>>> FROM =
        Key.of(
                "from",
                new OneOrMore<>(Scalars.text(128), MOST_PARTS),
                "The column's name on the source; the key above is then its name on the target."
                    + " Several with `merge`, and with `sql`.")
            .example("created_at");
    static final Key<String> SPLIT =
        Key.of(
                "split",
                exact(20),
                "Splits a text at this separator into the columns of `into`; the last takes all"
                    + " that is left.")
            .example("\" \"");
    static final Key<List<Placed<String>>> INTO =
        Key.of(
                "into",
                new ListOf<>(Scalars.text(128), 2, MOST_PARTS),
                "The target's columns that a text is split into.")
            .example("[first, last]");
    static final Key<String> MERGE =
        Key.of(
                "merge",
                exact(20),
                "Puts the texts of the columns of `from` together with this separator between"
                    + " them.")
            .example("\" \"");
    static final Key<String> DEFAULT =
        Key.of(
                "default",
                exact(1_000),
                "Alone: the value of a column that the source does not have. With `from` or `to`:"
                    + " what stands for NULL on the target.")
            .example("active");
    static final Key<String> CONVERT =
        Key.of(
                "convert",
                Scalars.text(100),
                "Refines the conversion that the two types imply, several with commas: `zone"
                    + " Europe/Berlin`, `round half_up` (half_even, down, up, floor, ceiling),"
                    + " `exact`, `epoch seconds` (millis, micros), `hex`, `base64`, `utf8`,"
                    + " `zero-dates null` (or a date), `values a=b|c=d`, `uuid`. `banyan transfer"
                    + " plan` shows what becomes of each column.")
            .example("zone Europe/Berlin");
    static final Key<String> SQL =
        Key.of(
                "sql",
                sql(),
                "An expression in the source's SQL over the columns of `from` (left out, the one of"
                    + " the same name), computed by the source's database. Needs `inverse`, or"
                    + " `lossy`. `banyan transfer plan` refuses what may give another value for the"
                    + " same columns.")
            .example("\"upper(code)\"");
    static final Key<String> INVERSE =
        Key.of(
                "inverse",
                sql(),
                "The expression in the target's SQL that gives the source's column again.")
            .example("\"lower(code)\"");
    static final Key<String> ID_MAP =
        Key.of(
                "id_map",
                new Scalar<>(
                    "name",
                    "a map's name",
                    DatabaseKeys.RULE,
                    new JsonForm.Text("^" + DatabaseKeys.NAME.pattern() + "$"),
                    text -> matched(DatabaseKeys.NAME, text)),
                "Gives every value another one, one to one, by a map of this name that is kept in"
                    + " the target. Columns that refer to each other name the same map.")
            .example("users");
    static final Key<Boolean> DROP =
        Key.of(
                "drop",
                Scalars.flag(),
                "`true` leaves the column behind, which needs `lossy`; on the way back it keeps"
                    + " what the source has.")
            .example("true");
    static final Key<String> LOSSY =
        Key.of(
                "lossy",
                Scalars.text(500),
                "What can not be brought back, in a few words. Without it every row must come back"
                    + " as it was, which is tried on every row that is copied.")
            .example("\"names of three words\"");
    static final Group GROUP =
        Group.of(TO, FROM, SPLIT, INTO, MERGE, DEFAULT, CONVERT, SQL, INVERSE, ID_MAP, DROP, LOSSY);
  }

  static final Key<String> FROM =
      Key.of(
              "from",
              Scalars.text(200),
              "The table on the source, as `schema.table`, or `table` in the schema that the"
                  + " database looks in by default. A table that is split over several stands once"
                  + " for each of them.")
          .asRequired()
          .example("app.users");
  static final Key<String> TO =
      Key.of(
              "to",
              Scalars.text(200),
              "The table on the target, likewise. Left out, the same name. Several tables that are"
                  + " merged into one each need a `discriminator`.")
          .example("people");
  static final Key<List<Named<Values>>> COLUMNS =
      Key.of(
              "columns",
              new MapOf<>(
                  "column",
                  NAME,
                  NAME_RULE,
                  new TextOrGroup(Column.TO, Column.GROUP),
                  0,
                  MOST_COLUMNS),
              "What becomes of columns that do not simply keep their name. A key is a column's name"
                  + " on the source; with `from`, `merge`, `sql` or `default` alone it is the"
                  + " target's.")
          .example("{ user_id: id, created: { from: created_at } }");
  static final Key<String> WHERE =
      Key.of(
              "where",
              sql(),
              "Which rows are meant, as a condition in the source's SQL, which is also tried on"
                  + " every change: `banyan transfer plan` says if it is not understood. Left out,"
                  + " all.")
          .example("\"deleted_at is null\"");
  static final Key<List<Named<String>>> DISCRIMINATOR =
      Key.of(
              "discriminator",
              new MapOf<>("column", NAME, NAME_RULE, exact(200), 0, 8),
              "Columns of the target that say by their value which of its rows are this table's.")
          .example("{ kind: person }");
  static final Group TABLE = Group.of(FROM, TO, COLUMNS, WHERE, DISCRIMINATOR);

  /// Text as it is, blanks and nothing included.
  private static Scalar<String> exact(int most) {
    return new Scalar<>(
        "text",
        "one line of text",
        "up to " + most + " characters without line breaks; blanks count",
        new JsonForm.Text("^[^\\r\\n]{0," + most + "}$"),
        text -> {
          if (text.length() > most || text.chars().anyMatch(c -> c == '\n' || c == '\r')) {
            throw new IllegalArgumentException();
          }
          return text;
        });
  }

  /// SQL, over several lines if need be.
  static Scalar<String> sql() {
    return new Scalar<>(
        "SQL",
        "an expression or a query in SQL",
        "1 to 10,000 characters",
        new JsonForm.Text("^[\\s\\S]{1,10000}$"),
        text -> {
          boolean control =
              text.chars().anyMatch(c -> Character.isISOControl(c) && "\n\r\t".indexOf(c) < 0);
          if (text.isBlank() || text.length() > 10_000 || control) {
            throw new IllegalArgumentException();
          }
          return text.strip();
        });
  }

  private static String matched(Pattern pattern, String text) {
    if (!pattern.matcher(text).matches()) {
      throw new IllegalArgumentException();
    }
    return text;
  }
}
