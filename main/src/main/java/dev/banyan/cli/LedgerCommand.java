package dev.banyan.cli;

import picocli.CommandLine.Command;

/// The record of decisions; its subcommands do the work.
@Command(
    name = "ledger",
    description = "The record of every decision: read it, or prove that nobody changed it.",
    footer = {"  banyan ledger show", "  banyan ledger verify"})
final class LedgerCommand {}
