package dev.banyan.app;

import dev.banyan.cli.OutputFormat;
import dev.banyan.cli.Programs;
import dev.banyan.compare.CompareOptions;
import dev.banyan.compare.ComparisonReport;
import dev.banyan.compare.SideUnreachableException;
import dev.banyan.config.ConfigFile;
import dev.banyan.config.ConfigResult;
import dev.banyan.config.ConfigWatcher;
import dev.banyan.config.Environment;
import dev.banyan.config.Problem;
import dev.banyan.proxy.CertificateFiles;
import dev.banyan.proxy.FrontTls;
import dev.banyan.requests.RequestFileException;
import dev.banyan.transfer.report.TransferFailed;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// The commands that are the program itself: `run`, `check`, `compare`, and those that move rows.
final class Serving implements Programs {
  private static final int DONE = 0;
  private static final int REFUSED = 1;

  private final PrintWriter out;
  private final PrintWriter err;
  private final String version;

  Serving(PrintWriter out, PrintWriter err, String version) {
    this.out = out;
    this.err = err;
    this.version = version;
  }

  @Override
  public int check(Path file, OutputFormat format) {
    ConfigResult result = new ConfigFile(file, Environment.of(System.getenv())).load();
    List<Problem> problems =
        switch (result) {
          case ConfigResult.Loaded loaded -> certificate(file, loaded.config().tls());
          case ConfigResult.Rejected rejected -> rejected.problems();
        };
    List<Problem> warnings =
        switch (result) {
          case ConfigResult.Loaded loaded -> loaded.warnings(LocalDate.now(ZoneOffset.UTC));
          case ConfigResult.Rejected rejected -> List.of();
        };
    switch (format) {
      case JSON -> out.println(json(file, problems, warnings));
      case TEXT -> {
        warnings.forEach(warning -> out.println("warning: " + warning.text()));
        problems.forEach(problem -> out.println(problem.text()));
        out.println(
            file + (problems.isEmpty() ? ": no problem" : ": problems: " + problems.size()));
      }
    }
    out.flush();
    return problems.isEmpty() ? DONE : REFUSED;
  }

  /// What is wrong with the files of the certificate, which the configuration only names.
  private static List<Problem> certificate(Path file, @Nullable FrontTls tls) {
    if (tls == null) {
      return List.of();
    }
    try {
      new CertificateFiles(tls).read();
      return List.of();
    } catch (IOException e) {
      String name = String.valueOf(file.getFileName());
      return List.of(new Problem(name, 0, 0, "tls", String.valueOf(e.getMessage()), ""));
    }
  }

  private static String json(Path file, List<Problem> problems, List<Problem> warnings) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("file", file.toString());
    fields.put("ok", problems.isEmpty());
    fields.put("problems", problems.stream().map(Problem::fields).toList());
    fields.put("warnings", warnings.stream().map(Problem::fields).toList());
    return JsonMapper.builder().build().writeValueAsString(fields);
  }

  @Override
  public ComparisonReport compare(CompareOptions options, LongConsumer progress)
      throws RequestFileException, SideUnreachableException {
    return Comparing.compare(options, progress);
  }

  @Override
  public int transfers(Path file, TransferWork work) throws TransferFailed, InterruptedException {
    return TransferWorking.work(file, work);
  }

  @Override
  public int run(Path file, Path data) {
    ConfigWatcher watcher =
        new ConfigWatcher(new ConfigFile(file, Environment.of(System.getenv())));
    return switch (watcher.load()) {
      case ConfigResult.Loaded loaded ->
          serve(new Banyan.Setup(loaded.config(), watcher, file, data, version));
      case ConfigResult.Rejected rejected -> {
        complain(rejected.text());
        yield REFUSED;
      }
    };
  }

  private int serve(Banyan.Setup setup) {
    CountDownLatch stopped = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    try (Banyan banyan = Banyan.start(setup)) {
      // The JVM ends when its shutdown hooks do, so the hook waits until everything is closed in
      // order.
      Thread hook = Thread.ofPlatform().name("banyan-stop").unstarted(() -> stop(stopped, closed));
      Runtime.getRuntime().addShutdownHook(hook);
      out.println(
          "banyan: serving on " + banyan.gatewayAddress() + ", control on " + banyan.controlUrl());
      out.flush();
      stopped.await();
      return DONE;
    } catch (IOException | UncheckedIOException e) {
      complain(String.valueOf(e.getMessage()));
      return REFUSED;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return REFUSED;
    } finally {
      closed.countDown();
    }
  }

  private static void stop(CountDownLatch stopped, CountDownLatch closed) {
    stopped.countDown();
    try {
      closed.await();
      // A hook can not change the exit code that the signal gave, and a clean stop is no failure.
      Runtime.getRuntime().halt(DONE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void complain(String why) {
    err.println("banyan: " + why);
    err.flush();
  }
}
