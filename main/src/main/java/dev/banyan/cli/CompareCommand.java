package dev.banyan.cli;

import dev.banyan.compare.CompareOptions;
import dev.banyan.compare.ComparisonReport;
import dev.banyan.compare.SideUnreachableException;
import dev.banyan.compare.report.Reports;
import dev.banyan.exchange.Headers;
import dev.banyan.migration.Severity;
import dev.banyan.requests.Format;
import dev.banyan.requests.RequestFileException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Compares two running systems with a file of requests.
@Command(
    name = "compare",
    description = {
      "Sends the requests of a file to two running systems and tells where their answers differ.",
      "Needs no gateway and no configuration. Only requests that read are sent, unless --writes is"
          + " given."
    },
    exitCodeList = {
      "0:no difference that counts (see --fail-on)",
      "1:differences, or nothing was compared",
      "2:the command was not understood, or a file can not be read or written",
      "3:a side can not be reached",
      "70:a fault of Banyan's own"
    },
    footer = {
      "  banyan compare http://127.0.0.1:3000 http://127.0.0.1:4000 --requests shop.har",
      "  banyan compare $OLD $NEW --requests access.log --pair-noise --html report.html",
      "  banyan compare $OLD $NEW --requests session.list --writes --show-values",
      "  banyan compare $OLD $NEW --requests api.yaml --sarif out.sarif --junit out.xml"
    })
final class CompareCommand implements Callable<Integer> {
  private static final String NO_LIMIT = "9223372036854775807";

  private final BanyanCommand banyan;
  private final Programs programs;

  @Parameters(
      index = "0",
      paramLabel = "LEGACY_URL",
      converter = SideUrl.class,
      description = "Where the old system answers. A path in it is put before every request's.")
  private @Nullable URI legacy;

  @Parameters(
      index = "1",
      paramLabel = "CANDIDATE_URL",
      converter = SideUrl.class,
      description = "Where the new one answers.")
  private @Nullable URI candidate;

  @Option(
      names = "--requests",
      paramLabel = "FILE",
      required = true,
      description = "The requests: HAR, GoReplay, an access log, a plain list, or OpenAPI.")
  private @Nullable Path requests;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      converter = CompareWords.OfFormat.class,
      description = "The file's: har, gor, access-log, list or openapi. Default: found out.")
  private @Nullable Format format;

  @Option(
      names = "--writes",
      description =
          "Also sends requests that change something, and compares what they left behind. Both"
              + " sides must be copies that may be changed.")
  private boolean writes;

  @Option(
      names = "--pair-noise",
      description = "Asks the legacy twice each time, to tell its noise from differences.")
  private boolean pairNoise;

  @Option(
      names = "--show-values",
      description = "Shows values as they are. They are redacted otherwise.")
  private boolean values;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = NO_LIMIT,
      converter = CompareWords.OfLimit.class,
      description = "Sends so many requests at most. Default: all.")
  private long limit;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      defaultValue = "10s",
      converter = CompareWords.OfTime.class,
      description = "For each answer, such as 500ms or 1m. Default: 10s.")
  private Duration timeout = Duration.ZERO;

  @Option(
      names = "--header",
      paramLabel = "'NAME: VALUE'",
      converter = CompareWords.OfHeader.class,
      description = "Set on every request, in place of the recorded one. May be repeated.")
  private List<Headers.Field> headers = new ArrayList<>();

  @Option(
      names = "--legacy-header",
      paramLabel = "'NAME: VALUE'",
      converter = CompareWords.OfHeader.class,
      description = "The same for the legacy alone.")
  private List<Headers.Field> legacyHeaders = new ArrayList<>();

  @Option(
      names = "--candidate-header",
      paramLabel = "'NAME: VALUE'",
      converter = CompareWords.OfHeader.class,
      description = "The same for the candidate alone.")
  private List<Headers.Field> candidateHeaders = new ArrayList<>();

  @Option(
      names = "--fail-on",
      paramLabel = "SEVERITY",
      defaultValue = "risky",
      converter = CompareWords.OfSeverity.class,
      description =
          "The least severe difference that counts: breaking, risky or cosmetic. Default: risky.")
  private Severity failOn = Severity.RISKY;

  @Option(names = "--report", paramLabel = "FILE", description = "Writes everything as JSON.")
  private @Nullable Path report;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Writes a page that stands alone, with answers side by side.")
  private @Nullable Path html;

  @Option(
      names = "--junit",
      paramLabel = "FILE",
      description = "Writes JUnit XML: a test case for each endpoint.")
  private @Nullable Path junit;

  @Option(
      names = "--sarif",
      paramLabel = "FILE",
      description = "Writes SARIF 2.1.0, for code hosts.")
  private @Nullable Path sarif;

  CompareCommand(BanyanCommand banyan, Programs programs) {
    this.banyan = banyan;
    this.programs = programs;
  }

  @Override
  public Integer call() {
    CompareOptions options = options();
    Map<Path, Function<Reports, String>> files = files(options.requests());
    Reports reports =
        new Reports(compare(options), options.failOn(), banyan.environment().version());
    banyan.out().print(banyan.output() == OutputFormat.JSON ? reports.json() : summary(reports));
    banyan.out().flush();
    files.forEach((file, text) -> WholeFile.write(file, text.apply(reports)));
    reports
        .nothingCompared()
        .ifPresent(why -> {
          throw new CommandFailedException(ExitCode.REFUSED, why);
        });
    return reports.failed() ? ExitCode.REFUSED : ExitCode.DONE;
  }

  private CompareOptions options() {
    if (legacy == null || candidate == null || requests == null) {
      throw new IllegalStateException("they are required");
    }
    return new CompareOptions(
        legacy,
        candidate,
        requests,
        format,
        writes,
        pairNoise,
        values,
        limit,
        timeout,
        together(headers, legacyHeaders),
        together(headers, candidateHeaders),
        failOn);
  }

  /// What is said of one side stands in place of what is said of both.
  private static Headers together(List<Headers.Field> both, List<Headers.Field> one) {
    List<Headers.Field> fields = new ArrayList<>(both);
    fields.removeIf(
        field -> one.stream().anyMatch(own -> own.name().equalsIgnoreCase(field.name())));
    fields.addAll(one);
    return new Headers(fields);
  }

  /// The files to be written and what goes into them. Told before anything is sent: whoever has
  /// waited for a long comparison wants its report.
  private Map<Path, Function<Reports, String>> files(Path requests) {
    Map<Path, Function<Reports, String>> files = new LinkedHashMap<>();
    put(files, "--report", report, Reports::json);
    put(files, "--html", html, Reports::html);
    put(files, "--junit", junit, Reports::junit);
    put(files, "--sarif", sarif, reports -> reports.sarif(reference(requests)));
    if (files.containsKey(requests.toAbsolutePath().normalize())) {
      throw new CommandFailedException(
          ExitCode.USAGE, requests + " is the file of requests; write the report to another one");
    }
    return files;
  }

  private static void put(
      Map<Path, Function<Reports, String>> files,
      String option,
      @Nullable Path file,
      Function<Reports, String> text) {
    if (file == null) {
      return;
    }
    Path place = file.toAbsolutePath().normalize();
    WholeFile.check(option, place);
    if (files.put(place, text) != null) {
      throw new CommandFailedException(
          ExitCode.USAGE, option + ": " + file + " is already the file of another report");
    }
  }

  /// As code hosts want it: relative to where the command runs, if it was named so.
  private static String reference(Path requests) {
    if (requests.isAbsolute()) {
      return requests.toUri().toString();
    }
    String base = Path.of("").toUri().toString();
    String full = requests.normalize().toUri().toString();
    return full.startsWith(base) ? full.substring(base.length()) : full;
  }

  private ComparisonReport compare(CompareOptions options) {
    boolean watched = banyan.environment().ansi();
    try {
      return programs.compare(options, watched ? this::progress : _ -> {});
    } catch (RequestFileException e) {
      throw failed(ExitCode.USAGE, e);
    } catch (SideUnreachableException e) {
      throw failed(ExitCode.UNREACHABLE, e);
    } finally {
      if (watched) {
        banyan.err().print("\r\u001b[K");
        banyan.err().flush();
      }
    }
  }

  private static CommandFailedException failed(int code, Exception cause) {
    CommandFailedException failure =
        new CommandFailedException(code, String.valueOf(cause.getMessage()));
    failure.initCause(cause);
    return failure;
  }

  private void progress(long requests) {
    banyan.err().printf(Locale.ROOT, "\r%,d requests compared", requests);
    banyan.err().flush();
  }

  private String summary(Reports reports) {
    Environment environment = banyan.environment();
    return reports.summary(environment.width(), environment.ansi());
  }
}
