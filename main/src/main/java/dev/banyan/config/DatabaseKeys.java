package dev.banyan.config;

import dev.banyan.config.Type.Group;
import dev.banyan.config.Type.Hidden;
import dev.banyan.config.Type.JsonForm;
import dev.banyan.config.Type.ListOf;
import dev.banyan.config.Type.MapOf;
import dev.banyan.config.Type.Scalar;
import dev.banyan.transfer.options.DatabaseOptions;
import dev.banyan.transfer.options.Password;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/// The keys about databases that rows are moved between, and what they come to.
final class DatabaseKeys {
  private static final String SERVER =
      "jdbc:(postgresql|mariadb|mysql)://[^\\s/?@()]+/[^\\s/?@()]+(\\?[^\\s]*)?";
  private static final Pattern JDBC = Pattern.compile(SERVER + "|jdbc:(sqlite|h2):[^\\s]+");

  /// What the drivers read a credential from.
  private static final Pattern CREDENTIALS =
      Pattern.compile("(?i)@|[?&;(](user|username|sslkey|[a-z]*password\\d?)=");

  private static final String SQLITE = DatabaseOptions.Engine.SQLITE.scheme();
  private static final int MOST_DATABASES = 100;

  static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,39}");
  static final String RULE =
      "up to 40 small letters (a-z), digits and '_', beginning with a letter";

  private DatabaseKeys() {}

  static final Key<String> URL =
      Key.of(
              "url",
              new Scalar<>(
                  "JDBC URL",
                  "a database's JDBC URL",
                  "jdbc:postgresql://host[:port]/database, the same with mariadb or mysql,"
                      + " jdbc:sqlite:FILE or jdbc:h2:…, all without credentials",
                  new JsonForm.Text(
                      "^(jdbc:(postgresql|mariadb|mysql)://[^ /?@()]+/[^ /?@()]+(\\?[^ ]*)?"
                          + "|jdbc:(sqlite|h2):[^ ]+)$"),
                  DatabaseKeys::url),
              "Where the database is. Not through a pooler that hands out connections by"
                  + " transaction. A relative file of SQLite begins at the folder of the"
                  + " configuration.")
          .asRequired()
          .example("jdbc:postgresql://db.internal/shop");
  static final Key<String> USER =
      Key.of(
              "user",
              Scalars.text(128),
              "Who Banyan is to the database: another user than the application's. What rights it"
                  + " needs stands in the guide.")
          .example("banyan");
  static final Key<Secret> PASSWORD =
      Key.of(
              "password",
              new Hidden(
                  "a password",
                  "1 to 512 characters without line breaks",
                  Pattern.compile("[^\\r\\n]{1,512}")),
              "The user's password. Best kept out of the file: `${OLD_PASSWORD}` or"
                  + " `${file:/run/secrets/old}`. It is never shown, and no process gets it as an"
                  + " argument.")
          .example("${OLD_PASSWORD}");
  static final Key<Integer> CONNECTIONS =
      Key.of(
              "connections",
              Scalars.whole(DatabaseOptions.LEAST_CONNECTIONS, 64),
              "The most connections at one time, besides the one that follows the log. Three"
                  + " are the least with which whatever needs one more gets it.")
          .standard("8")
          .atLimit("Whatever needs a further one waits for it.")
          .example("4");
  static final Key<List<Placed<String>>> APPLICATION_ROLES =
      Key.of(
              "application_roles",
              new ListOf<>(Scalars.text(128), 0, 20),
              "The database's roles (users) that the application writes by. A cutover takes their"
                  + " right to write the tables, and ends their open transactions; Banyan's own"
                  + " user must not be among them. Without any, a cutover of writes can not be"
                  + " fenced in the database, and needs an approver.")
          .standard("[]")
          .example("[shop_app, shop_worker]");
  static final Group GROUP = Group.of(URL, USER, PASSWORD, CONNECTIONS, APPLICATION_ROLES);

  static final Key<List<Named<Values>>> DATABASES =
      Key.of(
              "databases",
              new MapOf<>("database", NAME, RULE, GROUP, 0, MOST_DATABASES),
              "The databases that rows are moved between, by names that you choose.")
          .standard("{}")
          .example(
              "{ old: { url: \"jdbc:postgresql://db.internal/shop\", user: banyan, password:"
                  + " \"${OLD_PASSWORD}\" } }");

  private static String url(String text) {
    if (CREDENTIALS.matcher(text).find()) {
      // Not repeated: it is a secret.
      throw new IllegalArgumentException(
          "credentials are not part of the URL (not shown); write the keys user and password");
    }
    if (!JDBC.matcher(text).matches()) {
      // Not repeated either: what is not understood may hold one.
      throw new IllegalArgumentException("the value (not shown) is not a database's JDBC URL");
    }
    return text;
  }

  /// Roles that could lock Banyan itself out.
  static void check(Values file, Findings findings) {
    for (Named<Values> database : file.find(DATABASES).orElse(List.of())) {
      String user = database.value().find(USER).orElse("");
      for (Placed<String> role : database.value().find(APPLICATION_ROLES).orElse(List.of())) {
        if (!user.isEmpty() && role.value().equals(user)) {
          findings.add(
              role.place(),
              "the fence would stop Banyan itself, which is this database's user too; allowed: the"
                  + " application's own roles");
        }
      }
    }
  }

  /// @param folder where relative files begin
  static List<DatabaseOptions> databases(Values file, Path folder) {
    return file.get(DATABASES).stream()
        .map(database -> database(database.name(), database.value(), folder))
        .toList();
  }

  private static DatabaseOptions database(String name, Values values, Path folder) {
    return new DatabaseOptions(
        name,
        located(values.get(URL), folder),
        values.find(USER).orElse(null),
        values.find(PASSWORD).map(secret -> new Password(secret.reveal())).orElse(null),
        values.get(CONNECTIONS),
        values.get(APPLICATION_ROLES).stream().map(Placed::value).toList());
  }

  /// A file of SQLite is looked for where all files of the configuration are.
  private static String located(String url, Path folder) {
    String file = url.startsWith(SQLITE) ? url.substring(SQLITE.length()) : "";
    if (file.isEmpty() || file.startsWith(":") || file.startsWith("file:")) {
      return url;
    }
    int options = file.indexOf('?');
    String path = options < 0 ? file : file.substring(0, options);
    try {
      return SQLITE + folder.resolve(path) + file.substring(path.length());
    } catch (InvalidPathException e) {
      return url; // the driver says what is wrong with it
    }
  }
}
