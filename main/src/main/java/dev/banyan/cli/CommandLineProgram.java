package dev.banyan.cli;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.ColorScheme;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/// The program as it is called from a shell.
///
/// [#run] never throws for what a user did or what the control plane said: both end in a sentence
/// and an exit code, 0 for done, 1 for refused or differences found, 2 for a command that was not
/// understood, 3 for a control plane (or a side to compare) that can not be reached. Not safe for
/// use by several threads.
public final class CommandLineProgram {
  private static final String RUN = "run";

  private static final OptionSpec HELP =
      OptionSpec.builder("-h", "--help")
          .usageHelp(true)
          .description("Show this help message and exit.")
          .build();

  private final Environment environment;
  private final Programs programs;
  private final PrintWriter out;
  private final PrintWriter err;

  public CommandLineProgram(
      Environment environment, Programs programs, PrintWriter out, PrintWriter err) {
    this.environment = environment;
    this.programs = programs;
    this.out = out;
    this.err = err;
  }

  /// Does what the words say.
  ///
  /// @return the exit code
  public int run(String... words) {
    boolean serves = words.length > 0 && words[0].equals(RUN);
    CommandLine commands =
        serves
            ? serving(environment, programs, out, err)
            : commands(environment, programs, out, err);
    return commands.execute(words);
  }

  /// `run` alone: reading what a dozen other commands declare took a fifth of a start.
  private static CommandLine serving(
      Environment environment, Programs programs, PrintWriter out, PrintWriter err) {
    BanyanCommand banyan = new BanyanCommand(environment, out, err);
    CommandLine commands = new CommandLine(banyan).addSubcommand(new RunCommand(programs));
    return finish(commands, environment, out, err);
  }

  static CommandLine commands(
      Environment environment, Programs programs, PrintWriter out, PrintWriter err) {
    BanyanCommand banyan = new BanyanCommand(environment, out, err);
    CommandLine ledger =
        new CommandLine(new LedgerCommand())
            .addSubcommand(new LedgerShowCommand(banyan))
            .addSubcommand(new LedgerVerifyCommand(banyan))
            .addSubcommand(new LedgerReplayCommand(banyan))
            .addSubcommand(new LedgerExportCommand(banyan));
    CommandLine token =
        new CommandLine(new TokenCommands.Group())
            .addSubcommand(new TokenCommands.Create(banyan))
            .addSubcommand(new TokenCommands.Listing(banyan))
            .addSubcommand(new TokenCommands.Revoke(banyan));
    CommandLine outbox =
        new CommandLine(new OutboxCommands.Group())
            .addSubcommand(new OutboxCommands.Listing(banyan))
            .addSubcommand(new OutboxCommands.Retry(banyan))
            .addSubcommand(new OutboxCommands.Discard(banyan));
    CommandLine notify =
        new CommandLine(new NotifyCommand()).addSubcommand(new NotifyTestCommand(banyan));
    CommandLine gates =
        new CommandLine(new GatesCommand()).addSubcommand(new GatesSimulateCommand(banyan));
    CommandLine commands =
        new CommandLine(banyan)
            .addSubcommand(new RunCommand(programs))
            .addSubcommand(new CheckCommand(banyan, programs))
            .addSubcommand(new StatusCommand(banyan))
            .addSubcommand(new PromoteCommand(banyan))
            .addSubcommand(new RollbackCommand(banyan))
            .addSubcommand(new ApproveCommand(banyan))
            .addSubcommand(new HoldCommand(banyan))
            .addSubcommand(new ResumeCommand(banyan))
            .addSubcommand(new LineCommands.Stop(banyan))
            .addSubcommand(new LineCommands.Release(banyan))
            .addSubcommand(new DeployCommand(banyan))
            .addSubcommand(new ReloadCommand(banyan))
            .addSubcommand(new ExplainCommand(banyan))
            .addSubcommand(new ParityCommand(banyan))
            .addSubcommand(new CompareCommand(banyan, programs))
            .addSubcommand(transfer(banyan, programs))
            .addSubcommand(gates)
            .addSubcommand(outbox)
            .addSubcommand(token)
            .addSubcommand(ledger)
            .addSubcommand(notify);
    return finish(commands, environment, out, err);
  }

  private static CommandLine transfer(BanyanCommand banyan, Programs programs) {
    return new CommandLine(new TransferCommands.Group())
        .addSubcommand(new TransferCommands.Plan(banyan, programs))
        .addSubcommand(new TransferCommands.Backfill(banyan, programs))
        .addSubcommand(new TransferCommands.Stream(banyan, programs))
        .addSubcommand(new TransferStatusCommand(banyan, programs))
        .addSubcommand(new TransferCommands.Reconcile(banyan, programs))
        .addSubcommand(new TransferMoveCommands.Cutover(banyan))
        .addSubcommand(new TransferMoveCommands.Back(banyan))
        .addSubcommand(new TransferCommands.Run(banyan, programs))
        .addSubcommand(new TransferCommands.Remove(banyan, programs));
  }

  private static CommandLine finish(
      CommandLine commands, Environment environment, PrintWriter out, PrintWriter err) {
    dress(commands.getCommandSpec(), environment.version());
    return commands
        .setOut(out)
        .setErr(err)
        .setColorScheme(new ColorScheme.Builder(environment.ansi() ? Ansi.ON : Ansi.OFF).build())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(CommandLineProgram::misunderstood)
        .setExecutionExceptionHandler((failure, at, _) -> failed(failure, at));
  }

  /// Gives every command the same help: its own options, the exit codes (the common ones, unless it
  /// has a list of its own), its examples.
  private static void dress(CommandSpec spec, String version) {
    spec.version("banyan " + version);
    for (CommandLine subcommand : spec.subcommands().values()) {
      CommandSpec child = subcommand.getCommandSpec();
      if (child.optionsMap().containsKey("--version")) {
        // Its own is about something else.
        child.addOption(HELP);
      } else {
        child.mixinStandardHelpOptions(true);
      }
      child
          .usageMessage()
          .exitCodeListHeading(spec.usageMessage().exitCodeListHeading())
          .footerHeading("%nExamples:%n");
      if (child.usageMessage().exitCodeList().isEmpty()) {
        child.usageMessage().exitCodeList(spec.usageMessage().exitCodeList());
      }
      dress(child, version);
    }
  }

  private static int misunderstood(ParameterException fault, String[] words) {
    CommandLine command = fault.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("banyan: " + fault.getMessage());
    CommandLine.UnmatchedArgumentException.printSuggestions(fault, err);
    err.println("'" + command.getCommandSpec().qualifiedName() + " --help' tells how it is used");
    err.flush();
    return ExitCode.USAGE;
  }

  private static int failed(Exception failure, CommandLine command) {
    PrintWriter err = command.getErr();
    if (failure instanceof CommandFailedException expected) {
      err.println("banyan: " + expected.getMessage());
      err.flush();
      return expected.exitCode();
    }
    err.println("banyan: a fault of its own; please report what follows");
    failure.printStackTrace(err);
    err.flush();
    return ExitCode.FAULT;
  }
}
