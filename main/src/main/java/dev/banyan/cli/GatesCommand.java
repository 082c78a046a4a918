package dev.banyan.cli;

import picocli.CommandLine.Command;

/// Groups what can be done with the gates themselves.
@Command(
    name = "gates",
    description = "Tells what the gates do, without any gateway.",
    footer = {"  banyan gates simulate --rate 1000 --base 0.1%% --ratio 10 --weight 5%%"})
final class GatesCommand {}
