package dev.banyan.cli;

import picocli.CommandLine.Command;

/// Notifications; its subcommand does the work.
@Command(
    name = "notify",
    description = "The notifications that banyan.yaml asks for.",
    footer = "  banyan notify test")
final class NotifyCommand {}
