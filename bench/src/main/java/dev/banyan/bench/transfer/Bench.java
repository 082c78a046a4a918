package dev.banyan.bench.transfer;

import dev.banyan.bench.machine.GivingWay;
import dev.banyan.transfer.options.ColumnRule;
import dev.banyan.transfer.options.TableOptions;
import dev.banyan.transfer.options.TransferOptions.Compare;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Measures every case and its rivals in turn, round after round, on tables that are emptied before
/// each.
final class Bench {
  static final String BACKFILL = "backfill";
  static final String MAPPED = "backfill_mapped";
  static final String RECONCILE = "reconcile_pg_pg";
  static final String RECONCILE_PUSHED = "reconcile_pushed";
  static final String APPLY = "apply";
  static final String MARIADB = "pg_to_mariadb";
  static final String RECONCILE_MARIADB = "reconcile_pg_mariadb";
  static final String SLOWDOWN = "slowdown";
  static final List<String> CASES =
      List.of(
          BACKFILL,
          RECONCILE,
          RECONCILE_PUSHED,
          APPLY,
          MAPPED,
          MARIADB,
          RECONCILE_MARIADB,
          SLOWDOWN);

  /// Of the table's rows a second, where the mover is told to take its time.
  private static final int THROTTLED_SHARE = 20;

  private final Site site;
  private final Options options;
  private final List<Rival> rivals;
  private final PrintStream progress;
  private final Mover copy;
  private final Mover pushed;
  private final Mover mapped;
  private final Mover maria;
  private final Results results = new Results();
  private boolean warm;

  Bench(Site site, Options options, List<Rival> rivals, PrintStream progress) {
    this.site = site;
    this.options = options;
    this.rivals = rivals;
    this.progress = progress;
    TableOptions accounts = TableOptions.same("accounts");
    this.copy = mover("copy", site.fresh(), accounts, Compare.ROWS);
    this.pushed = mover("copy", site.fresh(), accounts, Compare.PUSHED);
    this.mapped = mover("mapped", site.fresh(), mapping(), Compare.ROWS);
    this.maria = mover("maria", site.maria(), accounts, Compare.ROWS);
  }

  private Mover mover(String name, Server to, TableOptions table, Compare compare) {
    return new Mover(site.servers(), name, to, table, compare);
  }

  /// Every row is read, converted and written anew: wider numbers, a decimal, a text without its
  /// padding.
  private static TableOptions mapping() {
    return new TableOptions(
        "accounts",
        "mapped",
        List.of(
            renamed("aid", "id"),
            renamed("bid", "branch"),
            renamed("abalance", "balance"),
            renamed("filler", "note")),
        null,
        Map.of());
  }

  private static ColumnRule renamed(String from, String to) {
    return new ColumnRule.Copied(from, to, null, null, null, null);
  }

  Results run() throws Exception {
    for (Rival each : rivals) {
      if (!each.installed()) {
        results.skipped.put(each.name(), "not installed");
      }
    }
    for (int round = 0; round <= options.rounds(); round++) {
      warm = round > 0;
      progress.println(warm ? "round " + round + " of " + options.rounds() : "warming up");
      boolean same =
          Stream.of(BACKFILL, RECONCILE, RECONCILE_PUSHED, APPLY).anyMatch(options::wants);
      if (same || options.wants(MAPPED)) {
        rivals(BACKFILL);
      }
      if (same) {
        same();
      }
      if (options.wants(MAPPED)) {
        mapped();
      }
      if (options.wants(MARIADB) || options.wants(RECONCILE_MARIADB)) {
        maria();
      }
      if (warm && options.wants(SLOWDOWN)) {
        slowdown();
      }
    }
    return results;
  }

  private void measure(String what, Sample.Work work) throws Exception {
    site.settle();
    System.gc();
    Sample sample = Sample.of(site.servers(), work);
    add(what, sample);
  }

  private void add(String what, Sample sample) {
    progress.printf(
        "  %-24s %,12.0f rows/s  %6.2f s  CPU s/million: mover %5.2f, servers %5.2f%n",
        what,
        sample.perSecond(),
        sample.seconds(),
        sample.moverPerMillion(),
        sample.serverPerMillion());
    if (warm) {
      results.add(what, sample);
    }
  }

  private void rivals(String beside) throws Exception {
    for (Rival each : rivals) {
      boolean wanted =
          each.beside().equals(beside)
              && ((warm && !options.alone()) || each.name().equals(Rival.COPY));
      if (wanted && !results.skipped.containsKey(each.name())) {
        if (beside.equals(BACKFILL)) {
          site.clear();
        }
        try {
          measure(
              each.name(),
              () -> {
                each.run(site.folder());
                return options.rows();
              });
          complete(beside);
        } catch (IOException e) {
          results.skipped.put(each.name(), String.valueOf(e.getMessage()));
          results.samples.remove(each.name());
        }
      }
    }
  }

  private void complete(String beside) throws Exception {
    if (beside.equals(BACKFILL)) {
      long there = Long.parseLong(site.fresh().ask("select count(*) from accounts"));
      if (there != options.rows()) {
        throw new IOException("copied " + there + " of " + options.rows() + " rows");
      }
    }
  }

  private void same() throws Exception {
    copy.remove();
    site.clear();
    measure(BACKFILL, () -> copy.backfill(null));
    reconcile(RECONCILE, copy);
    if (options.wants(RECONCILE_PUSHED)) {
      reconcile(RECONCILE_PUSHED, pushed);
    }
    if (options.wants(APPLY)) {
      site.change(options.changes());
      measure(
          APPLY,
          () ->
              copy.following(stream -> {
                stream.await();
                return (long) options.changes();
              }));
      var _ = copy.reconcile();
    }
    copy.remove();
  }

  /// Without what the command does before it compares: it opens both databases, and catches up with
  /// the log.
  private void reconcile(String what, Mover mover) throws Exception {
    site.settle();
    double[] seconds = new double[1];
    Sample whole =
        Sample.of(
            site.servers(),
            () -> {
              var report = mover.reconcile();
              seconds[0] = report.seconds();
              return report.rows();
            });
    add(what, new Sample(whole.rows(), seconds[0], whole.moverSeconds(), whole.serverSeconds()));
  }

  private void mapped() throws Exception {
    mapped.remove();
    site.clear();
    measure(MAPPED, () -> mapped.backfill(null));
    var _ = mapped.reconcile();
    mapped.remove();
  }

  private void maria() throws Exception {
    maria.remove();
    site.clear();
    measure(MARIADB, () -> maria.backfill(null));
    reconcile(RECONCILE_MARIADB, maria);
    if (options.wants(RECONCILE_MARIADB)) {
      rivals(RECONCILE_MARIADB);
    }
    maria.remove();
  }

  /// How much less the source's application comes to do because the mover reads its database. The
  /// target and the mover stand for other machines here, and give way. What the application does
  /// alone is looked at before and after, for it gets faster with time: a page that is changed for
  /// the first time since a checkpoint is written to the log as a whole.
  @SuppressWarnings("try") // closing waits
  private void slowdown() throws Exception {
    copy.remove();
    site.clear();
    try (WriteLoad load = new WriteLoad(site.old(), options.rows())) {
      List<ProcessHandle> servers = List.of(site.fresh().process(), site.maria().process());
      try (GivingWay _ = GivingWay.together(servers)) {
        slowdown(load);
      }
    }
    copy.remove();
  }

  private void slowdown(WriteLoad load) throws Exception {
    watch();
    double before = load.during(this::watch);
    double backfill = load.during(() -> copy.backfill(null));
    double following =
        copy.following(stream -> {
          stream.await();
          return load.during(this::watch);
        });
    double between = load.during(this::watch);
    copy.remove();
    site.fresh().run("truncate accounts");
    long pace = options.rows() / THROTTLED_SHARE;
    double throttled = load.during(() -> copy.backfill(pace));
    double after = load.during(this::watch);
    lost("backfill", (before + between) / 2, backfill);
    lost("following", (before + between) / 2, following);
    lost("backfill_throttled", (between + after) / 2, throttled);
  }

  private void watch() throws InterruptedException {
    Thread.sleep(options.loadSeconds() * 1_000L);
  }

  private void lost(String during, double alone, double meanwhile) {
    double share = 1 - meanwhile / alone;
    progress.printf(
        "  writes, %-20s %,8.0f of %,8.0f transactions/s: %.0f %% less%n",
        during, meanwhile, alone, share * 100);
    results.lost(during, share);
  }
}
