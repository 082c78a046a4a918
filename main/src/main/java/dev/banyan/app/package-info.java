/// Wiring and `main`: the only package that sees everything, and the only one with a clock or a
/// sleep.
///
/// [Main] hands the command line to the commands; `run` comes back to [Serving], which builds a
/// [Banyan] from the configuration and waits for the signal to stop. [Banyan] is the ring: it makes
/// every station, joins them, and runs the clockwork. [TrafficOutcomes], [ComparisonTee] and
/// [EvidenceTraffic] join stations that may not know each other; [ControlFace] shows the whole to
/// the control plane; [Reload] puts a changed file in force. [HealthChecks] asks addresses whether
/// they are well, [Deploys] hears of versions that answer, [FailureLog] tells operators of backends
/// that fail, [AccessLog] writes a line for each request, and [Numbers] gathers what /metrics
/// shows.
///
/// [Writes] says what becomes of clients' writes beside their authority: a [WriteErrand] for each
/// copy, in its turn in a [WriteLane], sent only where [DryRuns] or [SandboxGuard] allow it, its
/// [Effects] read afterwards.
///
/// [Rehearsal] is not part of the running program: the build has the JDK watch it.
@NullMarked
package dev.banyan.app;

import org.jspecify.annotations.NullMarked;
