package dev.banyan.config;

import dev.banyan.config.Type.Group;
import dev.banyan.config.Type.JsonForm;
import dev.banyan.config.Type.ListOf;
import dev.banyan.config.Type.MapOf;
import dev.banyan.config.Type.Scalar;
import dev.banyan.config.Type.TextOrGroup;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;

/// The keys about moving rows from one database to another.
final class TransferKeys {
  private static final int MOST_TRANSFERS = 100;
  private static final int MOST_FAMILIES = 1_000;
  private static final int MOST_TABLES = 5_000;

  private TransferKeys() {}

  /// One assertion on both sides.
  static final class Check {
    private Check() {}

    static final Key<String> NAME =
        Key.of("name", Scalars.text(100), "What it is called in the report.")
            .asRequired()
            .example("turnover of the year");
    static final Key<String> SOURCE =
        Key.of("source", MappingKeys.sql(), "The query on the source.")
            .asRequired()
            .example("\"select sum(total) from app.orders\"");
    static final Key<String> TARGET =
        Key.of("target", MappingKeys.sql(), "The query on the target.")
            .asRequired()
            .example("\"select sum(total_cents) / 100 from orders\"");
    static final Group GROUP = Group.of(NAME, SOURCE, TARGET);
  }

  /// From one time of day to another.
  record Span(LocalTime from, LocalTime to) {}

  /// What a transfer may cost.
  static final class Throttling {
    private Throttling() {}

    static final Key<Integer> ROWS_PER_SECOND =
        Key.of(
                "rows_per_second",
                Scalars.whole(1, 100_000_000),
                "The most rows that the backfill copies in a second, all tables together. Left out,"
                    + " as many as it can.")
            .atLimit("The backfill waits.")
            .example("20000");
    static final Key<Duration> SOURCE_LATENCY =
        Key.of(
                "source_latency",
                Scalars.duration("1ms", "1m"),
                "How long the source may take to answer a small question. Left out, it is not"
                    + " asked.")
            .atLimit("The backfill rests until it answers in time again.")
            .example("20ms");
    static final Key<Duration> REPLICA_LAG =
        Key.of(
                "replica_lag",
                Scalars.duration("1s", "24h"),
                "How far the source's own replicas may be behind. Left out, they are not looked"
                    + " at. PostgreSQL says it of its standbys; for MariaDB and MySQL `replica`"
                    + " names the one to ask.")
            .atLimit("The backfill rests until they have caught up.")
            .example("10s");
    static final Key<String> REPLICA =
        Key.of(
                "replica",
                Scalars.nameOf("database"),
                "The replica of the source that is asked how far it is behind, with"
                    + " `replica_lag`. Left out, the source is asked.")
            .example("old_replica");
    static final Key<Long> WAL_BUDGET =
        Key.of(
                "wal_budget",
                Scalars.size("16MiB", "10000GiB"),
                "How much of its log the source may have to keep for the transfer.")
            .standard("10GiB")
            .atLimit("The transfer stops, says so, and lets the log go; the backfill begins anew.")
            .example("50GiB");
    static final Key<Span> HOURS =
        Key.of(
                "hours",
                hours(),
                "When the backfill works, on the clock of `timezone`. Changes are followed at all"
                    + " times. Left out, always.")
            .atLimit("The backfill rests until the hours begin.")
            .example("22:00-06:00");
    static final Key<ZoneId> TIMEZONE =
        Key.of("timezone", FreezeKeys.timezone(), "Whose clock `hours` are on.")
            .standard("UTC")
            .example("Europe/Berlin");
    static final Group GROUP =
        Group.of(
            ROWS_PER_SECOND, SOURCE_LATENCY, REPLICA_LAG, REPLICA, WAL_BUDGET, HOURS, TIMEZONE);
  }

  static final Key<String> FROM =
      Key.of("from", Scalars.nameOf("database"), "The database that has the rows: the legacy's.")
          .asRequired()
          .example("old");
  static final Key<String> TO =
      Key.of("to", Scalars.nameOf("database"), "The database that gets them: the candidate's.")
          .asRequired()
          .example("new");
  static final Key<List<Placed<String>>> FAMILIES =
      Key.of(
              "families",
              new ListOf<>(Scalars.nameOf("family"), 0, MOST_FAMILIES),
              "The families that use these tables. Their writes change sides together, and the"
                  + " transfer's certificate feeds their gates. Each has `data: synced`, and"
                  + " belongs to no other transfer. May be empty with `history: only` alone.")
          .standard("[]")
          .example("[users]");
  static final Key<List<Placed<Values>>> TABLES =
      Key.of(
              "tables",
              new ListOf<>(new TextOrGroup(MappingKeys.FROM, MappingKeys.TABLE), 1, MOST_TABLES),
              "The tables that move together. A name alone is a table that keeps its name and its"
                  + " columns.")
          .asRequired()
          .example("[app.orders, { from: app.users, to: people }]");
  static final Key<List<Placed<Values>>> CHECKS =
      Key.of(
              "checks",
              new ListOf<>(Check.GROUP, 0, 200),
              "Rules of your business: a query on each side, whose answers must be the same. They"
                  + " are part of the certificate.")
          .standard("[]")
          .example(
              "[{ name: orders, source: \"select count(*) from app.orders\", target: \"select"
                  + " count(*) from orders\" }]");
  static final Key<String> HISTORY =
      Key.of(
              "history",
              Scalars.oneOf("only"),
              "`only`: rows are copied once, and no log is followed. For rows that do not change"
                  + " any more, and for families with `writes: dual`, whose rows are compared from"
                  + " then on every `reconcile_every`.")
          .example("only");
  static final Key<Values> THROTTLE =
      Key.of("throttle", Throttling.GROUP, "What the transfer may cost.");
  static final Key<Integer> CHUNK_ROWS =
      Key.of(
              "chunk_rows",
              Scalars.whole(1, 1_000_000),
              "Rows that are copied in one transaction. What has been copied stays when the"
                  + " transfer is stopped.")
          .standard("10000")
          .example("2000");
  static final Key<Integer> PARALLEL =
      Key.of(
              "parallel",
              Scalars.whole(1, 64),
              "Chunks under way at one time. Each needs a connection to both databases.")
          .standard("2")
          .atLimit("Further chunks wait.")
          .example("4");
  static final Key<Duration> LAG =
      Key.of(
              "lag",
              Scalars.duration("100ms", "24h"),
              "How far behind the target may be for a gate to let reads or writes through.")
          .standard("5s")
          .atLimit("The gate holds.")
          .example("2s");
  static final Key<Duration> CERTIFICATE_AGE =
      Key.of(
              "certificate_age",
              Scalars.duration("1m", "720h"),
              "How old the last green certificate may be for a gate to let reads or writes"
                  + " through; longer than `reconcile_every`.")
          .standard("1h")
          .atLimit("The gate holds.")
          .example("30m");
  static final Key<Duration> AFTER_WRITE =
      Key.of(
              "after_write",
              Scalars.duration("0s", "10m"),
              "How long a unit that has written reads from the side that owns the rows, where"
                  + " nothing says how far its write has come.")
          .standard("2s")
          .example("5s");
  static final Key<Duration> RECONCILE_EVERY =
      Key.of(
              "reconcile_every",
              Scalars.duration("10s", "720h"),
              "How long after one reconciliation the next begins, with `banyan transfer run`.")
          .standard("10m")
          .example("1h");
  static final Key<String> COMPARE =
      Key.of(
              "compare",
              Scalars.oneOf("rows", "pushed"),
              "How both sides are compared. `rows`: every row of both is read. `pushed`: each"
                  + " database hashes its rows itself and sends sums; only where these differ are"
                  + " rows read. Worth it where the link between Banyan and a database is slow."
                  + " Tables that are converted on the way, and engines other than PostgreSQL,"
                  + " MariaDB and MySQL, are compared by rows all the same; the certificate says"
                  + " which were.")
          .standard("rows")
          .example("pushed");
  static final Group GROUP =
      Group.of(
          FROM,
          TO,
          FAMILIES,
          TABLES,
          CHECKS,
          HISTORY,
          THROTTLE,
          CHUNK_ROWS,
          PARALLEL,
          LAG,
          CERTIFICATE_AGE,
          AFTER_WRITE,
          RECONCILE_EVERY,
          COMPARE);

  static final Key<List<Named<Values>>> TRANSFERS =
      Key.of(
              "transfers",
              new MapOf<>(
                  "transfer", DatabaseKeys.NAME, DatabaseKeys.RULE, GROUP, 0, MOST_TRANSFERS),
              "Tables whose rows move from one database to another while both are in use, by names"
                  + " that you choose. Tables that are written together belong to one transfer.")
          .standard("{}")
          .example("{ users: { from: old, to: new, families: [users], tables: [app.users] } }");

  private static Scalar<Span> hours() {
    return new Scalar<>(
        "hours",
        "a part of the day",
        "HH:MM-HH:MM with two different times, such as 22:00-06:00",
        new JsonForm.Text("^[0-2][0-9]:[0-5][0-9]-[0-2][0-9]:[0-5][0-9]$"),
        text -> {
          if (!text.matches("[0-9]{2}:[0-9]{2}-[0-9]{2}:[0-9]{2}")) {
            throw new IllegalArgumentException();
          }
          try {
            Span span =
                new Span(LocalTime.parse(text.substring(0, 5)), LocalTime.parse(text.substring(6)));
            if (span.from().equals(span.to())) {
              throw new IllegalArgumentException();
            }
            return span;
          } catch (DateTimeException e) {
            throw new IllegalArgumentException(e);
          }
        });
  }
}
