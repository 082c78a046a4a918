/// The commands that people and scripts type.
///
/// [CommandLineProgram] takes the words and gives back an exit code. [BanyanCommand] holds what all
/// commands share: the output format, and where the control plane is. Most commands ask it through
/// [ControlClient] and write the [Answer] as text or JSON; what goes wrong on the way ends in a
/// [CommandFailedException] with its exit code. `run`, `check` and `compare` are done by
/// [Programs].
@NullMarked
package dev.banyan.cli;

import org.jspecify.annotations.NullMarked;
