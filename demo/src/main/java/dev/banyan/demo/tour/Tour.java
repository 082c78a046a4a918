package dev.banyan.demo.tour;

import dev.banyan.demo.candidate.Fault;
import dev.banyan.demo.traffic.Count;
import dev.banyan.demo.traffic.Receipts;
import dev.banyan.demo.traffic.Traffic;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// The story, in acts: watch, mend, move, break, take back, and switch the legacy off.
public final class Tour {
  private static final Duration HUNT = Duration.ofSeconds(60);
  private static final Duration GLANCE = Duration.ofMillis(200);
  private static final Duration ALONE = Duration.ofMillis(1500);
  private static final double FAILING = 0.3;
  private static final Duration SLOW = Duration.ofMillis(400);

  private final long start = System.nanoTime();
  private final TourOptions options;
  private final Pace pace;
  private final Screen screen;
  private final Count count = new Count();
  private final Receipts receipts = new Receipts();
  private final FaultHunt hunt = new FaultHunt();
  private List<Banyan.Rollback> rollbacks = List.of();
  private List<Family> families = List.of();
  private volatile boolean stopped;
  private Report.Ledger ledger = new Report.Ledger(false, 0);
  private @Nullable Ferry ferry;
  private List<String> phases = List.of();

  private Tour(TourOptions options) {
    this.options = options;
    this.pace = options.fast() ? Pace.FAST : Pace.NORMAL;
    this.screen = Screen.open(options.headless());
  }

  /// Plays the tour. Whatever it started has ended when this returns, and also when the program is
  /// stopped or killed meanwhile.
  ///
  /// @return the exit code: 0 when all went as it must, 1 otherwise
  public static int play(TourOptions options) throws IOException, InterruptedException {
    Tour tour = new Tour(options);
    List<String> failure = new ArrayList<>();
    try (Stage stage = Stage.open(options, tour.pace)) {
      Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> tour.stop(stage)));
      tour.acts(stage);
      if (options.keep()) {
        tour.screen.say("Configuration, data and logs are kept in " + stage.directory());
      }
    } catch (TourException broken) {
      failure.add(String.valueOf(broken.getMessage()));
    }
    tour.screen.clear();
    if (tour.stopped) {
      tour.screen.say("Stopped before its end; nothing is left running.");
      return 1;
    }
    return tour.conclude(failure);
  }

  /// Runs when the program ends: after a whole tour there is nothing left to do.
  private void stop(Stage stage) {
    stopped = true;
    stage.close();
  }

  private void acts(Stage stage) throws TourException, IOException, InterruptedException {
    Stage.Doors doors = setTheStage(stage);
    try (Banyan banyan = new Banyan(doors.control())) {
      try (Ticker ticker = new Ticker(banyan, screen);
          Traffic traffic =
              Traffic.start(doors.gateway(), pace.turnsPerSecond(), count, receipts)) {
        Ferry rows = new Ferry(banyan, stage.orderRows(), receipts, screen, pace);
        ferry = rows;
        ticker.start();
        carry(rows);
        watch(banyan);
        mend(banyan, stage);
        climb(banyan, stage, rows);
        switchOff(stage, traffic);
        rows.count(true);
      } catch (TourException broken) {
        keepBooks(banyan, broken);
        throw broken;
      }
      takeStock(banyan);
    }
  }

  /// What can still be learned after the tour broke off.
  private void keepBooks(Banyan banyan, TourException broken) throws InterruptedException {
    try {
      takeStock(banyan);
    } catch (TourException alsoBroken) {
      broken.addSuppressed(alsoBroken);
    }
  }

  private void takeStock(Banyan banyan) throws TourException, InterruptedException {
    families = banyan.families();
    phases = banyan.phases(Ferry.NAME);
    rollbacks = banyan.rollbacks();
    JsonNode verified = banyan.verify();
    ledger =
        new Report.Ledger(verified.path("ok").asBoolean(false), verified.path("entries").asLong(0));
  }

  private Stage.Doors setTheStage(Stage stage)
      throws TourException, IOException, InterruptedException {
    screen.act("A small shop, and its rewrite");
    screen.say(
        "Starting PostgreSQL 18: the legacy's database, and an empty one for the candidate.");
    stage.startDatabase();
    screen.say("Starting the legacy, ten years old, and the candidate, with faults planted in it.");
    screen.say(
        "They share users and products. Orders are to have a database of the candidate's own,");
    screen.say("where columns have other names and the address is split in two.");
    stage.startServices();
    Stage.Doors doors = stage.startBanyan();
    screen.say("Banyan stands in front, on 127.0.0.1:" + doors.gateway() + ".");
    screen.say("Watch it in a browser: " + doors.control() + "/");
    return doors;
  }

  private void carry(Ferry rows) throws TourException, InterruptedException {
    screen.act(
        "The orders' rows move to the candidate's own database, while clients go on writing");
    rows.copy();
    pause();
    rows.spoil();
    pause();
  }

  private void watch(Banyan banyan) throws TourException, InterruptedException {
    screen.act("Shadow: the candidate is asked as well, and its answers are compared");
    screen.say(
        "The legacy goes on answering every client. "
            + Fault.values().length
            + " faults that real rewrites make wait to be found.");
    for (Configuration.Shelf shelf : Configuration.SHELVES) {
      if (!banyan.promote(shelf.name(), "the tour: watch the candidate")) {
        throw new TourException(shelf.name() + " was refused the step into shadow");
      }
    }
    Deadline deadline = new Deadline(HUNT);
    while (!hunt.allFound()) {
      Thread.sleep(GLANCE);
      look(banyan);
      if (deadline.over()) {
        throw new TourException(
            "after %d s of shadowing these faults are not found: %s"
                .formatted(HUNT.toSeconds(), hunt.missing().stream().map(Fault::word).toList()));
      }
    }
    pause();
    look(banyan);
    screen.say("All are found, by endpoint and field:");
    for (Fault fault : Fault.values()) {
      screen.say(
          String.format(
              Locale.ROOT,
              "  %-32s %-28s %-20s %-8s %5d ×",
              fault.title(),
              fault.method() + " " + fault.template(),
              fault.where(),
              hunt.kind(fault),
              hunt.seen(fault)));
    }
    pause();
  }

  private void look(Banyan banyan) throws TourException, InterruptedException {
    for (Configuration.Shelf shelf : Configuration.SHELVES) {
      hunt.planted(banyan.parity(shelf.name()));
    }
  }

  private void mend(Banyan banyan, Stage stage) throws TourException, InterruptedException {
    screen.act("The candidate is mended and deployed");
    stage.deployMended();
    for (Configuration.Shelf shelf : Configuration.SHELVES) {
      banyan.resetParity(shelf.name(), "the tour: the mended candidate is deployed");
    }
    screen.say("The evidence starts anew: nothing is believed of what was not seen since.");
    pause();
  }

  private void climb(Banyan banyan, Stage stage, Ferry rows)
      throws TourException, InterruptedException {
    screen.act(
        "Up: canary, reads, writes, retired; with two accidents on the way, and the orders' writes"
            + " there, back, and there again");
    List<Configuration.Shelf> shelves = Configuration.SHELVES;
    List<Climb> climbs =
        List.of(
            climb(
                shelves.get(0),
                List.of(new Strike(pace.errorsAt(), FAILING, Duration.ZERO)),
                null,
                banyan,
                stage),
            climb(shelves.get(1), List.of(), null, banyan, stage),
            climb(
                shelves.get(2),
                List.of(new Strike(pace.latencyAt(), 0, SLOW)),
                rows,
                banyan,
                stage));
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var running = new ExecutorCompletionService<Void>(threads);
      climbs.forEach(running::submit);
      for (int i = 0; i < climbs.size(); i++) {
        try {
          running.take().get();
        } catch (ExecutionException failed) {
          threads.shutdownNow();
          throw failed.getCause() instanceof TourException broken
              ? broken
              : new TourException("a family's way broke off: " + failed.getCause(), failed);
        }
      }
    }
  }

  private Climb climb(
      Configuration.Shelf shelf,
      List<Strike> strikes,
      @Nullable Ferry rows,
      Banyan banyan,
      Stage stage) {
    return new Climb(shelf, strikes, rows, banyan, stage, hunt, count, screen);
  }

  private void switchOff(Stage stage, Traffic traffic) throws TourException, InterruptedException {
    screen.act("The legacy is switched off");
    stage.switchOffLegacy();
    long before = count.total();
    Thread.sleep(ALONE);
    traffic.finish();
    screen.say(
        "%d requests since then, %d failed in the whole tour."
            .formatted(count.total() - before, count.failed()));
  }

  private void pause() throws InterruptedException {
    Thread.sleep(pace.pause());
  }

  private int conclude(List<String> failure) throws IOException {
    double seconds = Math.round((System.nanoTime() - start) / 1e8) / 10.0;
    Ferry rows = ferry;
    Report.Data data = rows == null ? Report.Data.UNKNOWN : rows.report(phases);
    Report report = Report.of(count, hunt, rollbacks, families, ledger, data, seconds, failure);
    if (options.report() != null) {
      report.write(options.report());
    }
    screen.act(report.problems().isEmpty() ? "Done" : "Not as it should be");
    screen.say(
        """
        requests   %d, %d failed
        faults     %d planted, %d found, %d false alarms
        rollbacks  %d by Banyan itself
        data       %,d writes to orders acknowledged, %s
        owners     %d changes, for which writes waited %.0f ms (p99)
        families   %s
        ledger     %d entries, %s
        time       %.1f s\
        """
            .formatted(
                report.requests().total(),
                report.requests().failed(),
                report.faults().planted(),
                report.faults().found(),
                report.faults().falseAlarms(),
                report.rollbacks().size(),
                data.acknowledged(),
                data.lost() < 0 ? "not counted" : data.lost() + " lost",
                data.handovers().size(),
                data.pauseMillisP99(),
                positions(report.families()),
                report.ledger().entries(),
                report.ledger().ok() ? "the chain holds" : "the chain is not proved",
                seconds));
    report.problems().forEach(problem -> System.err.println("problem: " + problem));
    return report.problems().isEmpty() ? 0 : 1;
  }

  private static String positions(List<Report.Position> families) {
    return families.isEmpty()
        ? "unknown"
        : String.join(
            ", ", families.stream().map(each -> each.name() + " " + each.phase()).toList());
  }

  /// Keeps the table fresh. It ends quietly when Banyan does not answer: the acts say why.
  private static final class Ticker implements AutoCloseable {
    private final Banyan banyan;
    private final Screen screen;
    private @Nullable Thread thread;

    Ticker(Banyan banyan, Screen screen) {
      this.banyan = banyan;
      this.screen = screen;
    }

    void start() {
      if (screen.live()) {
        thread = Thread.ofVirtual().start(this::run);
      }
    }

    private void run() {
      try {
        while (true) {
          screen.show(banyan.families(), banyan.transfer(Ferry.NAME));
          Thread.sleep(GLANCE);
        }
      } catch (TourException | InterruptedException ended) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void close() {
      if (thread != null) {
        thread.interrupt();
      }
    }
  }
}
