package dev.banyan.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.transfer.options.ColumnRule;
import dev.banyan.transfer.options.DatabaseOptions;
import dev.banyan.transfer.options.Password;
import dev.banyan.transfer.options.TableOptions;
import dev.banyan.transfer.options.Throttle;
import dev.banyan.transfer.options.TransferOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `databases` and `transfers`: what they come to, and every way to get them wrong.
class TransfersConfigTest {
  private static final String BASE =
      """
      services:
        legacy: { url: http://127.0.0.1:3000 }
        users: { url: http://127.0.0.1:4000 }
      families:
        users: { routes: [/users], candidate: users, data: synced }
        orders: { routes: [/orders], candidate: users, data: synced }
        search: { routes: [/search], candidate: users }
      databases:
        old: { url: "jdbc:postgresql://h/shop" }
        new: { url: "jdbc:mariadb://h/shop" }
      transfers:
      """;
  private static final String USERS = "  users: { from: old, to: new, families: [users], tables: ";

  @TempDir Path folder;

  private TransferOptions transfer(String yaml) {
    return Yaml.in(folder).loaded(BASE + yaml).transfers().getFirst();
  }

  private ColumnRule rule(String columns) {
    return transfer(USERS + "[{ from: t, columns: { " + columns + " } }] }")
        .tables()
        .getFirst()
        .columns()
        .getFirst();
  }

  private List<String> complaints(String yaml) {
    return Yaml.in(folder).headlines(BASE + yaml).stream()
        .map(line -> line.substring("banyan.yaml:".length()))
        .toList();
  }

  @Test
  void everyDefaultOfATransferIsAsDocumented() {
    assertThat(transfer(USERS + "[app.users] }"))
        .isEqualTo(
            new TransferOptions(
                "users",
                "old",
                "new",
                List.of("users"),
                List.of(TableOptions.same("app.users")),
                List.of(),
                false,
                new Throttle(null, null, null, null, 10L << 30, null),
                10_000,
                2,
                Duration.ofSeconds(5),
                Duration.ofHours(1),
                Duration.ofSeconds(2),
                Duration.ofMinutes(10),
                TransferOptions.Compare.ROWS));
  }

  @Test
  void everyKeyOfATransferIsRead() {
    TransferOptions transfer =
        transfer(
            """
              users:
                from: old
                to: new
                families: [users, orders]
                tables:
                  - from: app.users
                    to: people
                    where: "deleted_at is null"
                    discriminator: { kind: person }
                  - app.orders
                checks:
                  - name: turnover
                    source: |
                      select sum(total)
                      from app.orders
                    target: select sum(total_cents) / 100 from orders
                throttle: { rows_per_second: 20000, source_latency: 20ms, replica_lag: 10s, replica: new,
                  wal_budget: 1GiB, hours: 22:00-06:00, timezone: Europe/Berlin }
                chunk_rows: 500
                parallel: 4
                lag: 1s
                certificate_age: 2h
                after_write: 3s
                reconcile_every: 30m
                compare: pushed
            """);

    assertThat(transfer)
        .isEqualTo(
            new TransferOptions(
                "users",
                "old",
                "new",
                List.of("users", "orders"),
                List.of(
                    new TableOptions(
                        "app.users",
                        "people",
                        List.of(),
                        "deleted_at is null",
                        Map.of("kind", "person")),
                    TableOptions.same("app.orders")),
                List.of(
                    new TransferOptions.Check(
                        "turnover",
                        "select sum(total)\nfrom app.orders",
                        "select sum(total_cents) / 100 from orders")),
                false,
                new Throttle(
                    20_000L,
                    Duration.ofMillis(20),
                    Duration.ofSeconds(10),
                    "new",
                    1L << 30,
                    new Throttle.Hours(
                        LocalTime.of(22, 0), LocalTime.of(6, 0), ZoneId.of("Europe/Berlin"))),
                500,
                4,
                Duration.ofSeconds(1),
                Duration.ofHours(2),
                Duration.ofSeconds(3),
                Duration.ofMinutes(30),
                TransferOptions.Compare.PUSHED));
  }

  @Test
  void aRenameOfEitherKindAndASplitAreRead() {
    assertThat(rule("user_id: id"))
        .isEqualTo(new ColumnRule.Copied("user_id", "id", null, null, null, null));
    assertThat(rule("created: { from: created_at }"))
        .isEqualTo(new ColumnRule.Copied("created_at", "created", null, null, null, null));
    assertThat(rule("full_name: { split: ' ', into: [first, last], lossy: names of three words }"))
        .isEqualTo(
            new ColumnRule.Split(
                "full_name", " ", List.of("first", "last"), "names of three words"));
  }

  @Test
  void everyOtherRuleOfAColumnIsRead() {
    assertThat(rule("name: { merge: ' ', from: [first, last] }"))
        .isEqualTo(new ColumnRule.Merged(List.of("first", "last"), " ", "name", null));
    assertThat(rule("status: { default: '' }")).isEqualTo(new ColumnRule.Constant("status", ""));
    assertThat(rule("state: { from: status, default: new, convert: upper, lossy: no NULL }"))
        .isEqualTo(new ColumnRule.Copied("status", "state", "upper", "new", null, "no NULL"));
    assertThat(rule("user_id: { to: id, id_map: users }"))
        .isEqualTo(new ColumnRule.Copied("user_id", "id", null, null, "users", null));
    assertThat(rule("user_id: { id_map: users }"))
        .isEqualTo(new ColumnRule.Copied("user_id", "user_id", null, null, "users", null));
    assertThat(rule("code: { sql: 'upper(code)', inverse: 'lower(code)' }"))
        .isEqualTo(
            new ColumnRule.Expression(List.of("code"), "code", "upper(code)", "lower(code)", null));
    assertThat(rule("sum: { from: [a, b], sql: a + b, lossy: what a and b were }"))
        .isEqualTo(
            new ColumnRule.Expression(
                List.of("a", "b"), "sum", "a + b", null, "what a and b were"));
    assertThat(rule("flag: { drop: true, lossy: nothing reads it }"))
        .isEqualTo(new ColumnRule.Dropped("flag", "nothing reads it"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "a: { from: b, to: c }                      | one of the two",
        "a: { from: [b, c] }                        | several columns become one by merge or sql",
        "a: { drop: true }                          | must say what is lost",
        "a: { drop: true, lossy: x, to: b }         | 'to' does not go with 'drop'",
        "a: { split: ',' }                          | a split needs its columns",
        "a: { into: [b, c] }                        | it is not said at what to split",
        "a: { split: '', into: [b, c] }             | a separator has one character at least",
        "a: { split: ',', into: [b, c], sql: x }    | 'sql' does not go with 'split'",
        "a: { merge: ',', from: b }                 | a merge needs two columns at least",
        "a: { sql: upper(a) }                       | needs the one that takes it back",
        "a: { inverse: upper(a) }                   | an inverse belongs to an expression",
        "a: { from: [b, c], sql: x, inverse: y }    | an inverse gives one column",
        "a: { to: b, lossy: true }                  | does not say what is lost",
        "a: b, c: b                                 | 'b' is written by line 12",
        "a: { split: ',', into: [b, b] }            | 'b' is written by line 12",
        "a: { form: b }                             | unknown key 'form' (did you mean 'from'?)",
        "a: { id_map: A-B }                         | 'A-B' is not a map's name",
      })
  void aColumnThatCanNotBeSoIsRefused(String columns, String why) {
    assertThat(complaints(USERS + "[{ from: t, columns: { " + columns + " } }] }"))
        .singleElement()
        .asString()
        .contains("transfers.users.tables[0].columns.")
        .contains(why);
  }

  @Test
  void everyProblemIsToldAtOnceWithItsPlace() {
    assertThat(
            complaints(
                """
                  users:
                    from: older
                    to: new
                    families: [users, nobody, search]
                    tables: [a, a, { from: b, to: t }, { from: c, to: t }]
                  orders: { from: old, to: old, families: [users], tables: [a] }
                  empty: { from: old, to: new, tables: [z] }
                """))
        .containsExactly(
            "13:11: transfers.users.from: there is no database 'older'; allowed: old," + " new",
            "15:23: transfers.users.families[1]: there is no family 'nobody'; allowed: users,"
                + " orders, search",
            "15:31: transfers.users.families[2]: the family 'search' has data: none, so that"
                + " nothing is to be moved for it; allowed: families with data: synced",
            "16:17: transfers.users.tables[1]: the table 'a' goes to 'a' already (line 16, column"
                + " 14); allowed: each table once",
            "16:40: transfers.users.tables[3]: 't' gets the rows of 'b' too (line 16), and nothing"
                + " tells them apart; for example, another value in each: discriminator: { kind: c"
                + " }",
            "17:28: transfers.orders.to: the rows are there already: 'from' names the same"
                + " database; allowed: another one",
            "17:44: transfers.orders.families[0]: the family 'users' belongs to the transfer"
                + " 'users' already (line 15, column 16); allowed: each family once, with all its"
                + " tables in one transfer",
            "18:3: transfers.empty: no family uses what this moves; allowed: families: [...], or"
                + " history: only for rows that do not change any more");
  }

  @Test
  void aReplicaIsADatabaseThatMayBeBehindSoFar() {
    assertThat(complaints(USERS + "[a], throttle: { replica_lag: 5s, replica: ode } }"))
        .containsExactly(
            "12:102: transfers.users.throttle.replica: there is no database 'ode';"
                + " allowed: old, new");
    assertThat(complaints(USERS + "[a], throttle: { replica: new } }"))
        .containsExactly(
            "12:85: transfers.users.throttle.replica: nothing says how far 'new' may be behind;"
                + " allowed: replica with a replica_lag beside it");
  }

  @Test
  void aTableThatTwoFamiliesShareBelongsToOneTransfer() {
    assertThat(
            complaints(
                USERS
                    + "[app.users] }\n"
                    + "  orders: { from: old, to: new, families: [orders], tables: [{ from:"
                    + " app.users, to: buyers }] }\n"))
        .singleElement()
        .asString()
        .contains("the table 'app.users' of 'old' belongs to the transfer 'users' already")
        .contains("one transfer for it, with all families that share it");
  }

  @Test
  void aTableMayBeSplitOverSeveralAndSeveralMergedIntoOneThatTellsThemApart() {
    assertThat(
            transfer(
                    USERS
                        + "[{ from: u, to: logins }, { from: u, to: people, discriminator: { kind:"
                        + " u } }, { from: v, to: people, discriminator: { kind: v } }] }")
                .tables())
        .extracting(TableOptions::to)
        .containsExactly("logins", "people", "people");
  }

  @Test
  void whatNothingCarriesAndWhatIsCarriedTwiceIsRefused() {
    assertThat(
            complaints(
                "  archive: { from: old, to: new, history: only, families: [users], tables: [a]"
                    + " }\n"))
        .singleElement()
        .asString()
        .contains("nothing would carry its later writes")
        .contains("families with writes: dual, or none");
  }

  @Test
  void historyNeedsNoFamily() {
    assertThat(
            transfer("  archive: { from: old, to: new, history: only, tables: [app.log] }")
                .historyOnly())
        .isTrue();
  }

  @Test
  void aCertificateLivesLongerThanTheNextOneTakesToCome() {
    assertThat(complaints(USERS + "[t], reconcile_every: 2h }"))
        .singleElement()
        .asString()
        .contains("reconcile_every: a certificate would be too old (certificate_age 3600s)");
  }

  @Test
  void everyKeyOfADatabaseIsReadAndItsPasswordIsNotShown() {
    BanyanConfig config =
        new Yaml(folder, Map.of("PW", "hunter2xyz"))
            .loaded(
                """
                services: { legacy: { url: http://127.0.0.1:3000 } }
                databases:
                  old:
                    url: jdbc:postgresql://h:5432/shop?sslmode=require
                    user: banyan
                    password: ${PW}
                    connections: 3
                    application_roles: [app, worker]
                  file: { url: "jdbc:sqlite:shop.db" }
                """);

    assertThat(config.databases())
        .containsExactly(
            new DatabaseOptions(
                "old",
                "jdbc:postgresql://h:5432/shop?sslmode=require",
                "banyan",
                new Password("hunter2xyz"),
                3,
                List.of("app", "worker")),
            new DatabaseOptions(
                "file", "jdbc:sqlite:" + folder.resolve("shop.db"), null, null, 8, List.of()));
    assertThat(config.toString()).doesNotContain("hunter2xyz").contains("[secret]");
    assertThat(config.database("file").engine()).isEqualTo(DatabaseOptions.Engine.SQLITE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "url: 'jdbc:postgresql://ann:hunter2xyz@h/d'",
        "url: 'jdbc:mariadb://h/d?user=ann&password=hunter2xyz'",
        "url: 'jdbc:mariadb://h/d?trustStorePassword=hunter2xyz'",
        "url: 'jdbc:h2:./f;USER=ann;PASSWORD=hunter2xyz'",
        "url: 'jdbc:mysql://address=(host=h)(password=hunter2xyz)/d'",
        "url: '${FROM_ENV}'",
        "url: 'jdbc:sqlite:f', pasword: hunter2xyz",
        "url: 'jdbc:sqlite:f', password: [hunter2xyz]",
      })
  void noProblemOfADatabaseShowsASecret(String database) {
    List<Problem> problems =
        new Yaml(folder, Map.of("FROM_ENV", "hunter2xyz"))
            .problems(
                "services: { legacy: { url: http://127.0.0.1:3000 } }\ndatabases: { old: { "
                    + database
                    + " } }");

    assertThat(problems)
        .isNotEmpty()
        .allSatisfy(problem -> assertThat(problem.text()).doesNotContain("hunter2xyz"));
  }

  @Test
  void twoConnectionsAreTooFew() {
    assertThat(
            Yaml.in(folder)
                .headlines(
                    """
                    services: { legacy: { url: http://127.0.0.1:3000 } }
                    databases: { old: { url: "jdbc:mariadb://h/shop", connections: 2 } }
                    """))
        .singleElement()
        .asString()
        .contains("databases.old.connections: '2' is out of range; allowed: 3 to 64");
  }

  @Test
  void theFenceNeverStopsBanyanItself() {
    assertThat(
            Yaml.in(folder)
                .headlines(
                    """
                    services: { legacy: { url: http://127.0.0.1:3000 } }
                    databases:
                      old: { url: "jdbc:h2:./f", user: app, application_roles: [app] }
                    """))
        .singleElement()
        .asString()
        .contains("3:61: databases.old.application_roles[0]: the fence would stop Banyan itself");
  }

  @ParameterizedTest
  @CsvSource({"22:00,true", "03:00,true", "06:00,false", "12:00,false", "21:59,false"})
  void hoursMayCrossMidnight(LocalTime time, boolean open) {
    Throttle.Hours hours =
        new Throttle.Hours(LocalTime.of(22, 0), LocalTime.of(6, 0), ZoneId.of("Europe/Berlin"));

    assertThat(
            hours.contains(
                time.atDate(LocalDate.of(2026, 7, 1))
                    .atZone(ZoneId.of("Europe/Berlin"))
                    .toInstant()))
        .isEqualTo(open);
  }
}
