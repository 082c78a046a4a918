package dev.banyan.cli;

import dev.banyan.transfer.report.PlanReport;
import dev.banyan.transfer.report.ReconcileReport;
import dev.banyan.transfer.report.StatusReport;
import dev.banyan.transfer.report.TransferFailed;
import dev.banyan.transfer.report.TransferOperations;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The commands that move rows, in a process of their own: they need `banyan.yaml` and both
/// databases, and no running gateway.
final class TransferCommands {
  private TransferCommands() {}

  /// The group; its subcommands do the work.
  @Command(
      name = "transfer",
      description = {
        "Moves the rows of tables from one database to another while both are in use, and proves"
            + " that they agree.",
        "All of it can be stopped and started again at any time: what is done is kept in the"
            + " target's database."
      },
      footer = {
        "  banyan transfer plan users",
        "  banyan transfer run users",
        "  banyan transfer status -w"
      })
  static final class Group {}

  /// Which transfer, of which file.
  static final class Which {
    @Parameters(
        paramLabel = "NAME",
        arity = "0..1",
        description = "The transfer. May be left out where there is but one.")
    private String name = "";

    @Mixin private final Configured configured = new Configured();

    String name() {
      return name;
    }

    Path file() {
      return configured.file();
    }

    /// The one that is meant.
    String of(TransferOperations transfers) {
      return chosen(name, transfers.names());
    }
  }

  /// The configuration's file.
  static final class Configured {
    @Option(
        names = {"-f", "--file"},
        paramLabel = "FILE",
        defaultValue = "banyan.yaml",
        description = "The configuration. Default: banyan.yaml.")
    private Path file = Path.of("banyan.yaml");

    Path file() {
      return file;
    }
  }

  static String chosen(String name, List<String> all) {
    if (!name.isEmpty()) {
      return name;
    }
    if (all.size() == 1) {
      return all.getFirst();
    }
    throw new CommandFailedException(
        ExitCode.USAGE,
        all.isEmpty()
            ? "no transfer is configured; banyan.yaml declares them under 'transfers'"
            : "which transfer? There are " + String.join(", ", all));
  }

  /// Does one thing with the transfers of a file, and turns what fails into a sentence.
  static int work(Programs programs, Path file, Programs.TransferWork work) {
    try {
      return programs.transfers(file, transfers -> told(() -> work.on(transfers)));
    } catch (TransferFailed e) {
      throw failed(e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private interface Told {
    int call() throws TransferFailed, InterruptedException;
  }

  private static int told(Told work) {
    try {
      return work.call();
    } catch (TransferFailed e) {
      throw failed(e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static CommandFailedException failed(TransferFailed cause) {
    int code =
        switch (cause.reason()) {
          case CONFIGURATION -> ExitCode.USAGE;
          case UNREACHABLE -> ExitCode.UNREACHABLE;
          case UNKNOWN, BLOCKED, REFUSED, BUSY, STOPPED, UNFENCED -> ExitCode.REFUSED;
        };
    CommandFailedException failure =
        new CommandFailedException(code, String.valueOf(cause.getMessage()));
    failure.initCause(cause);
    return failure;
  }

  private static CommandFailedException interrupted(InterruptedException cause) {
    Thread.currentThread().interrupt();
    CommandFailedException failure =
        new CommandFailedException(
            ExitCode.REFUSED, "interrupted; what was done is kept, and the next time goes on");
    failure.initCause(cause);
    return failure;
  }

  /// What will not work, before anything is written.
  @Command(
      name = "plan",
      description = {
        "Reads both schemas and shows every table with its rows, key, mapping and time, and"
            + " everything that will not work, by name.",
        "Writes nothing."
      },
      exitCodeList = {
        "0:nothing keeps the rows from moving",
        "1:findings that block, or refused",
        "2:the command was not understood, or banyan.yaml has problems",
        "3:a database can not be reached",
        "70:a fault of Banyan's own"
      },
      footer = {
        "  banyan transfer plan users",
        "  banyan transfer plan users --ddl > V7__people.sql",
        "  banyan transfer plan -o json"
      })
  static final class Plan implements Callable<Integer> {
    private final BanyanCommand banyan;
    private final Programs programs;
    @Mixin private final Which which = new Which();

    @Option(
        names = "--ddl",
        description =
            "Writes the target's missing tables as a draft of a migration, and the findings to the"
                + " standard error.")
    private boolean ddl;

    Plan(BanyanCommand banyan, Programs programs) {
      this.banyan = banyan;
      this.programs = programs;
    }

    @Override
    public Integer call() {
      return work(
          programs,
          which.file(),
          transfers -> {
            PlanReport plan = transfers.plan(which.of(transfers), ddl);
            String draft = plan.ddl();
            if (banyan.output() == OutputFormat.TEXT && draft != null) {
              banyan.out().print(draft);
              banyan.out().flush();
              banyan.err().print(TransferText.findings(plan));
              banyan.err().flush();
            } else {
              show(banyan, plan, TransferText.plan(plan));
            }
            return plan.ready() ? ExitCode.DONE : ExitCode.REFUSED;
          });
    }
  }

  /// What is done for long, with somebody watching.
  abstract static class Moving implements Callable<Integer> {
    private final BanyanCommand banyan;
    private final Programs programs;
    @Mixin private final Which which = new Which();

    Moving(BanyanCommand banyan, Programs programs) {
      this.banyan = banyan;
      this.programs = programs;
    }

    abstract StatusReport move(
        TransferOperations transfers, String name, Consumer<StatusReport> progress)
        throws TransferFailed, InterruptedException;

    @Override
    public Integer call() {
      return work(
          programs,
          which.file(),
          transfers -> {
            TransferProgress progress =
                new TransferProgress(banyan.err(), banyan.environment().ansi());
            StatusReport end = move(transfers, which.of(transfers), progress);
            progress.wipe();
            show(banyan, end, TransferText.status(end));
            boolean halted = end.stopped() != null || !end.stoppedTables().isEmpty();
            return halted ? ExitCode.REFUSED : ExitCode.DONE;
          });
    }
  }

  /// Copies what is there.
  @Command(
      name = "backfill",
      description = {
        "Copies the rows that are not copied yet, with the changes made meanwhile.",
        "Ctrl-C stops it at a chunk; the next time goes on from there. A row that does not fit"
            + " stops its table, is named, and the other tables go on."
      },
      exitCodeList = {
        "0:every row was copied",
        "1:a table is stopped, or refused",
        "2:the command was not understood, or banyan.yaml has problems",
        "3:a database can not be reached",
        "70:a fault of Banyan's own",
        "130:stopped by Ctrl-C"
      },
      footer = {"  banyan transfer backfill users", "  banyan transfer backfill -o json"})
  static final class Backfill extends Moving {
    Backfill(BanyanCommand banyan, Programs programs) {
      super(banyan, programs);
    }

    @Override
    StatusReport move(TransferOperations transfers, String name, Consumer<StatusReport> progress)
        throws TransferFailed, InterruptedException {
      return transfers.backfill(name, progress);
    }
  }

  /// Follows changes.
  @Command(
      name = "stream",
      description = "Follows changes from the side that owns the rows to the other, until Ctrl-C.",
      exitCodeList = {
        "1:a table is stopped, or refused",
        "2:the command was not understood, or banyan.yaml has problems",
        "3:a database can not be reached",
        "70:a fault of Banyan's own",
        "130:stopped by Ctrl-C"
      },
      footer = "  banyan transfer stream users")
  static final class Stream extends Moving {
    Stream(BanyanCommand banyan, Programs programs) {
      super(banyan, programs);
    }

    @Override
    StatusReport move(TransferOperations transfers, String name, Consumer<StatusReport> progress)
        throws TransferFailed, InterruptedException {
      return transfers.stream(name, progress);
    }
  }

  /// All of it, one after the other.
  @Command(
      name = "run",
      description =
          "Backfill, then stream, with a reconciliation every 'reconcile_every', until Ctrl-C.",
      exitCodeList = {
        "0:rows of history were moved",
        "1:a table is stopped, or refused",
        "2:the command was not understood, or banyan.yaml has problems",
        "3:a database can not be reached",
        "70:a fault of Banyan's own",
        "130:stopped by Ctrl-C"
      },
      footer = "  banyan transfer run users")
  static final class Run extends Moving {
    Run(BanyanCommand banyan, Programs programs) {
      super(banyan, programs);
    }

    @Override
    StatusReport move(TransferOperations transfers, String name, Consumer<StatusReport> progress)
        throws TransferFailed, InterruptedException {
      return transfers.run(name, progress);
    }
  }

  /// Compares all rows.
  @Command(
      name = "reconcile",
      description = {
        "Compares every row of both sides while they are in use, and the checks of banyan.yaml;"
            + " what it comes to is kept as the transfer's certificate.",
        "The first rows that differ are named with their keys and columns.",
        "While a gateway moves the rows, it has to be asked to: with --reason, for the ledger."
      },
      exitCodeList = {
        "0:both sides agree",
        "1:rows or checks differ, or refused",
        "2:the command was not understood, or banyan.yaml has problems",
        "3:a database can not be reached, or the control plane",
        "70:a fault of Banyan's own",
        "130:stopped by Ctrl-C"
      },
      footer = {
        "  banyan transfer reconcile users",
        "  banyan transfer reconcile users --repair",
        "  banyan transfer reconcile users --repair --reason 'a job wrote to the wrong side'",
        "  banyan transfer reconcile users -o json"
      })
  static final class Reconcile implements Callable<Integer> {
    private final BanyanCommand banyan;
    private final Programs programs;
    @Mixin private final Which which = new Which();

    @Option(
        names = "--repair",
        description =
            "Gives rows that differ the state that the owner's side has, and compares them again.")
    private boolean repair;

    @Option(
        names = "--reason",
        paramLabel = "REASON",
        description = "Has the running gateway do it, and says why, for the ledger.")
    private @Nullable String reason;

    @Option(
        names = "--actor",
        paramLabel = "NAME",
        description =
            "Who asks the gateway, for the ledger, beside the token's name. Default: USER@host.")
    private @Nullable String actor;

    Reconcile(BanyanCommand banyan, Programs programs) {
      this.banyan = banyan;
      this.programs = programs;
    }

    @Override
    public Integer call() {
      return reason == null
          ? here()
          : atTheGateway(Reasoned.body(reason, actor, banyan.environment()));
    }

    private int atTheGateway(Map<String, Object> body) {
      body.put("repair", repair);
      return banyan.ask(
          client -> TransferMoveCommands.order(client, which.name(), "reconcile", body),
          TransferText::reconciled,
          document ->
              document.path("certificate").path("green").asBoolean(false)
                  ? ExitCode.DONE
                  : ExitCode.REFUSED);
    }

    private int here() {
      return work(
          programs,
          which.file(),
          transfers -> {
            TransferProgress progress =
                new TransferProgress(banyan.err(), banyan.environment().ansi());
            ReconcileReport report = reconciled(transfers, progress);
            progress.wipe();
            show(banyan, report, TransferText.reconciled(report));
            return report.certificate().green() ? ExitCode.DONE : ExitCode.REFUSED;
          });
    }

    private ReconcileReport reconciled(TransferOperations transfers, TransferProgress progress)
        throws TransferFailed, InterruptedException {
      try {
        return transfers.reconcile(which.of(transfers), repair, progress);
      } catch (TransferFailed e) {
        throw e.reason() == TransferFailed.Reason.BUSY
            ? new TransferFailed(
                e.reason(),
                e.getMessage() + ", or have the running gateway do it, with --reason",
                e)
            : e;
      }
    }
  }

  /// Takes away what was made for a transfer.
  @Command(
      name = "remove",
      description = {
        "Removes what was created for a transfer in both databases: its place in the log, triggers,"
            + " and Banyan's own tables.",
        "The rows stay where they are. A transfer that is begun again afterwards begins anew.",
        "A fence stays that keeps the application from writing to the side that does not own the"
            + " rows.",
        "The pairs of mapped ids stay, for what refers to either of them."
      },
      exitCodeList = {
        "0:removed, or there was nothing",
        "1:refused",
        "2:the command was not understood, or banyan.yaml has problems",
        "3:a database can not be reached",
        "70:a fault of Banyan's own"
      },
      footer = "  banyan transfer remove users")
  static final class Remove implements Callable<Integer> {
    private final BanyanCommand banyan;
    private final Programs programs;

    @Parameters(paramLabel = "NAME", description = "The transfer.")
    private String name = "";

    @Option(
        names = "--unfence",
        description =
            "Take the fence away, too: whatever writes to that side from then on is carried"
                + " nowhere.")
    private boolean unfence;

    @Option(
        names = "--ids",
        description =
            "Take the pairs of mapped ids away, too: begun again, every row gets another id.")
    private boolean ids;

    @Mixin private final Configured configured = new Configured();

    Remove(BanyanCommand banyan, Programs programs) {
      this.banyan = banyan;
      this.programs = programs;
    }

    /// @param removed what was taken away, for people
    record Removed(String transfer, List<String> removed) {}

    @Override
    public Integer call() {
      return work(
          programs,
          configured.file(),
          transfers -> {
            Removed removed = new Removed(name, transfers.remove(name, unfence, ids));
            show(banyan, removed, TransferText.removed(removed));
            return ExitCode.DONE;
          });
    }
  }

  static void show(BanyanCommand banyan, Object report, String text) {
    banyan.out().print(banyan.output() == OutputFormat.JSON ? TransferText.json(report) : text);
    banyan.out().flush();
  }
}
