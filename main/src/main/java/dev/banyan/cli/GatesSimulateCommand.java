package dev.banyan.cli;

import dev.banyan.cutover.GateSimulation;
import dev.banyan.cutover.GateSimulation.Options;
import dev.banyan.cutover.GateSimulation.Report;
import dev.banyan.migration.Weight;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// Tries the gates on a system that is described in four numbers.
@Command(
    name = "simulate",
    description = {
      "Runs canaries that were never run through the gates of this program, and tells how soon they"
          + " would take back a candidate that fails more often than the legacy, at what price, how"
          + " often they would take back one that does not, and how soon they would promote it.",
      "Needs no gateway and no configuration; the gates' limits are the defaults. The same options"
          + " give the same numbers."
    },
    exitCodeList = {"0:done", "2:the command was not understood", "70:a fault of Banyan's own"},
    footer = {
      "  banyan gates simulate --rate 1000 --base 0.1%% --ratio 10 --weight 5%%",
      "  banyan gates simulate --rate 20 --base 0.5%% --ratio 3 --weight 25%% --seconds 3600 -o"
          + " json"
    })
final class GatesSimulateCommand implements Callable<Integer> {
  private static final JsonMapper INDENTED =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private final BanyanCommand banyan;

  @Option(
      names = "--rate",
      paramLabel = "N",
      required = true,
      description = "Requests in a second, both sides together.")
  private double rate;

  @Option(
      names = "--base",
      paramLabel = "SHARE",
      required = true,
      converter = OfShare.class,
      description = "The share of the legacy's requests that fail, such as 0.1%%.")
  private double base;

  @Option(
      names = "--ratio",
      paramLabel = "N",
      required = true,
      description = "How many times as often the candidate's fail.")
  private double ratio;

  @Option(
      names = "--weight",
      paramLabel = "SHARE",
      required = true,
      converter = OfWeight.class,
      description = "The candidate's share of the clients, such as 5%%.")
  private Weight weight = Weight.NONE;

  @Option(
      names = "--runs",
      paramLabel = "N",
      defaultValue = "200",
      description = "How many canaries of each kind. Default: 200.")
  private int runs;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "120",
      description = "How long each is watched. Default: 120.")
  private long seconds;

  @Option(
      names = "--units",
      paramLabel = "N",
      defaultValue = "10000",
      description = "How many clients there are; 0 for requests that name none. Default: 10000.")
  private int units;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Another one gives other canaries. Default: 1.")
  private long seed;

  GatesSimulateCommand(BanyanCommand banyan) {
    this.banyan = banyan;
  }

  @Override
  public Integer call() {
    Options options;
    try {
      options =
          new Options(rate, base, ratio, weight, runs, Duration.ofSeconds(seconds), units, seed);
    } catch (IllegalArgumentException e) {
      CommandFailedException usage =
          new CommandFailedException(ExitCode.USAGE, String.valueOf(e.getMessage()));
      usage.initCause(e);
      throw usage;
    }
    Report report = GateSimulation.run(options);
    banyan
        .out()
        .print(
            banyan.output() == OutputFormat.JSON
                ? INDENTED.writeValueAsString(report) + "\n"
                : table(options, report));
    banyan.out().flush();
    return ExitCode.DONE;
  }

  private static String table(Options options, Report report) {
    Table table = new Table("CANDIDATE", "TAKEN BACK", "MEDIAN", "P95", "EXCESS ERRORS", "PROVED");
    table.row(
        String.format(Locale.ROOT, "fails %s times as often", plain(options.ratio())),
        share(report.rollbackRate()),
        time(report.medianSeconds()),
        time(report.p95Seconds()),
        report.excessErrors() == null
            ? "-"
            : String.format(Locale.ROOT, "%.1f", report.excessErrors()),
        "-");
    table.row(
        "fails as often as the legacy",
        share(report.falseRollbackRate()),
        "-",
        "-",
        "-",
        report.promotableSeconds() == null
            ? share(report.promotableRate())
            : share(report.promotableRate()) + ", median " + time(report.promotableSeconds()));
    return table
        + String.format(
            Locale.ROOT,
            "%d canaries of each kind at %s, %s requests/s, watched for %d s each%n",
            options.runs(),
            options.weight(),
            plain(options.rate()),
            options.length().toSeconds());
  }

  private static String plain(double number) {
    return BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
  }

  private static String share(double share) {
    return String.format(Locale.ROOT, "%.1f%%", share * 100);
  }

  private static String time(@Nullable Double seconds) {
    return seconds == null ? "-" : String.format(Locale.ROOT, "%.1f s", seconds);
  }

  static final class OfWeight implements ITypeConverter<Weight> {
    @Override
    public Weight convert(String typed) {
      try {
        return Weight.parse(typed);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(String.valueOf(e.getMessage()));
      }
    }
  }

  static final class OfShare implements ITypeConverter<Double> {
    @Override
    public Double convert(String typed) {
      boolean percent = typed.endsWith("%");
      try {
        BigDecimal number =
            new BigDecimal(percent ? typed.substring(0, typed.length() - 1) : typed);
        return (percent ? number.movePointLeft(2) : number).doubleValue();
      } catch (NumberFormatException e) {
        throw new TypeConversionException("'" + typed + "' is no share such as 0.1% or 0.001");
      }
    }
  }
}
