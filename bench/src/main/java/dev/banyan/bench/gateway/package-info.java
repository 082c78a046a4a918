/// Banyan's gateway, nginx and HAProxy side by side, in front of one same upstream.
///
/// [Main] reads the [Options] and lays out a [Site]: a folder, the processes, and the upstream of
/// [Upstream]. [Bench] takes one [Case] after the other. For each it starts every [Contestant] that
/// is installed ([Nginx], [Haproxy], [Banyan]), warms all of them up, and measures them in turn, A
/// B C A B C. [Wrk] or, at a fixed rate, [OpenLoop] makes the [Load];
/// [dev.banyan.bench.machine.ProcessFigures] are read from the system before and after. The
/// [Sample]s' medians are the [Results], which [Report] prints as a table and as JSON, beside the
/// [Conditions].
///
/// With `--faults` it is [FaultRun] instead: Banyan alone, with a candidate that is well and with
/// one that has a [Fault], in turn.
@NullMarked
package dev.banyan.bench.gateway;

import org.jspecify.annotations.NullMarked;
