package dev.banyan.cli;

import picocli.CommandLine.Command;

/// The record of decisions; its subcommands do the work.
@Command(
    name = "ledger",
    description =
        "The record of every decision: read it, prove that nobody changed it, make its decisions"
            + " again.",
    footer = {"  banyan ledger show", "  banyan ledger verify", "  banyan ledger replay"})
final class LedgerCommand {}
