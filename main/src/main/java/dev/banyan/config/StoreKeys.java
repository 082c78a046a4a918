package dev.banyan.config;

import dev.banyan.config.Type.Group;
import dev.banyan.config.Type.Hidden;
import dev.banyan.config.Type.JsonForm;
import dev.banyan.config.Type.Scalar;
import java.util.regex.Pattern;

/// Where state is kept that several replicas share.
final class StoreKeys {
  private static final Pattern JDBC =
      Pattern.compile("jdbc:postgresql://[^\\s/?@]+/[^\\s/?@]+(\\?[^\\s]*)?");

  /// What the driver reads a credential from.
  private static final Pattern CREDENTIALS =
      Pattern.compile("(?i)@|[?&](user|password|sslpassword|sslkey)=");

  private static final Pattern PLAIN_SCHEMA = Pattern.compile("[a-z_][a-z0-9_]{0,62}");
  private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,62}";

  private StoreKeys() {}

  static final Key<String> URL =
      Key.of(
              "url",
              new Scalar<>(
                  "JDBC URL",
                  "a PostgreSQL's JDBC URL",
                  "jdbc:postgresql://host[:port]/database, without credentials",
                  new JsonForm.Text("^jdbc:postgresql://[^ /?@]+/[^ /?@]+(\\?[^ ]*)?$"),
                  StoreKeys::url),
              "The PostgreSQL (16 or newer) that all replicas of this gateway share. Several hosts"
                  + " with commas between them are tried in order: add"
                  + " `?targetServerType=primary` then. Not through a pooler that hands out"
                  + " connections by transaction.")
          .example("jdbc:postgresql://db.internal/banyan");
  static final Key<String> USER =
      Key.of("user", Scalars.text(63), "Who Banyan is to the database.").example("banyan");
  static final Key<Secret> PASSWORD =
      Key.of(
              "password",
              new Hidden(
                  "a password",
                  "1 to 512 characters without line breaks",
                  Pattern.compile("[^\\r\\n]{1,512}")),
              "The user's password. Best kept out of the file: `${BANYAN_STORE_PASSWORD}` or"
                  + " `${file:/run/secrets/store}`.")
          .example("${BANYAN_STORE_PASSWORD}");
  static final Key<String> SCHEMA =
      Key.of(
              "schema",
              new Scalar<>(
                  "name",
                  "a schema's name",
                  "up to 63 small letters (a-z), digits and '_', beginning with no digit",
                  new JsonForm.Text("^[a-z_][a-z0-9_]{0,62}$"),
                  text -> plain(PLAIN_SCHEMA, text)),
              "The schema that holds the tables; made if it is not there. Two gateways that are not"
                  + " replicas of each other need one each.")
          .standard("banyan")
          .example("banyan_eu");
  static final Key<String> REPLICA =
      Key.of(
              "replica",
              new Scalar<>(
                  "name",
                  "a replica's name",
                  "up to 63 letters (a-z, A-Z), digits, '-', '_' and '.', beginning with a letter"
                      + " or digit",
                  new JsonForm.Text("^" + NAME + "$"),
                  text -> plain(Pattern.compile(NAME), text)),
              "What this process is called among the replicas; no two may have one name. Left out,"
                  + " it is the machine's name with some letters by chance, kept in the data"
                  + " directory.")
          .example("edge-1");
  static final Group GROUP = Group.of(URL, USER, PASSWORD, SCHEMA, REPLICA);

  private static String url(String text) {
    if (CREDENTIALS.matcher(text).find()) {
      // Not repeated: it is a secret.
      throw new IllegalArgumentException(
          "credentials are not part of the URL (not shown); write store.user and store.password");
    }
    return plain(JDBC, text);
  }

  private static String plain(Pattern pattern, String text) {
    if (!pattern.matcher(text).matches()) {
      throw new IllegalArgumentException();
    }
    return text;
  }
}
