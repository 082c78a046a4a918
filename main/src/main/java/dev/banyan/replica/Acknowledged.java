package dev.banyan.replica;

import java.time.Duration;

/// How far a decision has come.
///
/// @param acknowledged replicas where it is in force
/// @param of replicas that were alive when it was asked for
/// @param everywhere whether the others' leases have run out, so that none of them acts on anything
///   older
public record Acknowledged(int acknowledged, int of, boolean everywhere, Duration waited) {}
