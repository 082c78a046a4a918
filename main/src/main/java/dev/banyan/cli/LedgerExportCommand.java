package dev.banyan.cli;

import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Writes the ledger out, a line of JSON for each entry.
@Command(
    name = "export",
    description =
        "Writes the ledger out, oldest first, a line of JSON for each entry with all that its hash"
            + " is made of.",
    footer = {
      "  banyan ledger export > ledger.jsonl",
      "  banyan ledger export --since 2027-01-01 --to ledger.jsonl",
      "  banyan ledger export --format json --from 1000"
    })
final class LedgerExportCommand implements Callable<Integer> {
  private final BanyanCommand banyan;

  /// What a line is.
  enum Format {
    CLOUDEVENTS,
    JSON
  }

  @Option(
      names = "--from",
      paramLabel = "N",
      description = "The number of the first entry. Default: the oldest.")
  private long from = 1;

  @Option(
      names = "--since",
      paramLabel = "DATE",
      description = "Only entries of that day (UTC) or moment and later.")
  private @Nullable String since;

  @Option(
      names = "--format",
      paramLabel = "cloudevents|json",
      description = "CloudEvents 1.0, or the bare entries. Default: cloudevents.")
  private Format format = Format.CLOUDEVENTS;

  @Option(
      names = "--to",
      paramLabel = "FILE",
      description = "A file instead of the standard output; it is there whole or not at all.")
  private @Nullable Path to;

  LedgerExportCommand(BanyanCommand banyan) {
    this.banyan = banyan;
  }

  @Override
  public Integer call() {
    String path =
        "/api/v1/ledger/export?from="
            + from
            + "&format="
            + format.name().toLowerCase(Locale.ROOT)
            + (since == null ? "" : "&since=" + URLEncoder.encode(since, StandardCharsets.UTF_8));
    try (ControlClient client = banyan.client()) {
      if (to == null) {
        PrintWriter out = banyan.out();
        int code = export(client, path, line -> out.print(line + "\n"));
        out.flush();
        return code;
      }
      Path file = to.toAbsolutePath();
      WholeFile.check("--to", file);
      return WholeFile.lines(file, lines -> export(client, path, lines));
    }
  }

  private int export(ControlClient client, String path, Consumer<String> line) {
    return client
        .lines(path, line)
        .map(refused -> banyan.tell(refused, _ -> "", _ -> ExitCode.REFUSED))
        .orElse(ExitCode.DONE);
  }
}
