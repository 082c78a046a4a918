package dev.banyan.cli;

import dev.banyan.transfer.report.StatusReport;
import dev.banyan.transfer.report.TransferFailed;
import dev.banyan.transfer.report.TransferOperations;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Shows how far transfers have come.
@Command(
    name = "status",
    description = {
      "Shows how far a transfer has come, each table with its rows, their rate and the time left,"
          + " and how far behind the other side is. Without NAME, all transfers.",
      "Reads what is kept in the target's database, so that it does not matter which process works."
    },
    exitCodeList = {
      "0:done",
      "1:a table is stopped, or refused",
      "2:the command was not understood, or banyan.yaml has problems",
      "3:a database can not be reached",
      "70:a fault of Banyan's own",
      "130:stopped by Ctrl-C"
    },
    footer = {
      "  banyan transfer status",
      "  banyan transfer status users -w",
      "  banyan transfer status users -o json"
    })
final class TransferStatusCommand implements Callable<Integer> {
  private final BanyanCommand banyan;
  private final Programs programs;
  @Mixin private final TransferCommands.Which which = new TransferCommands.Which();

  @Option(
      names = {"-w", "--watch"},
      description =
          "Goes on showing it, once a second, until Ctrl-C: in place on a terminal, elsewhere a"
              + " line each, with -o json a document each.")
  private boolean watch;

  TransferStatusCommand(BanyanCommand banyan, Programs programs) {
    this.banyan = banyan;
    this.programs = programs;
  }

  @Override
  public Integer call() {
    return TransferCommands.work(
        programs, which.file(), transfers -> watch ? watched(transfers) : once(transfers));
  }

  private int watched(TransferOperations transfers) throws TransferFailed, InterruptedException {
    String name = which.of(transfers);
    if (banyan.output() == OutputFormat.JSON) {
      transfers.watch(
          name,
          status -> {
            banyan.out().print(TransferText.line(status));
            banyan.out().flush();
          });
    } else {
      transfers.watch(name, TransferProgress.everyTime(banyan.out(), banyan.environment().ansi()));
    }
    return ExitCode.DONE;
  }

  /// @param transfers in the order of the file
  record All(List<StatusReport> transfers) {}

  private int once(TransferOperations transfers) throws TransferFailed, InterruptedException {
    List<StatusReport> all = new ArrayList<>();
    List<String> names = which.name().isEmpty() ? transfers.names() : List.of(which.name());
    if (names.isEmpty()) {
      TransferCommands.chosen("", names);
    }
    for (String name : names) {
      all.add(transfers.status(name));
    }
    String text = String.join("\n", all.stream().map(TransferText::status).toList());
    TransferCommands.show(banyan, which.name().isEmpty() ? new All(all) : all.getFirst(), text);
    boolean halted =
        all.stream().anyMatch(each -> each.stopped() != null || !each.stoppedTables().isEmpty());
    return halted ? ExitCode.REFUSED : ExitCode.DONE;
  }
}
