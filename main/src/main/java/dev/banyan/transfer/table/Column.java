package dev.banyan.transfer.table;

/// One column.
///
/// @param generated the database computes it: it is compared, never written
/// @param identity the database numbers it; its counter is moved on when the writes change sides
/// @param binary text that is compared byte for byte, so that the client orders it as the server
///   does
public record Column(
    String name,
    Type type,
    boolean nullable,
    boolean generated,
    boolean identity,
    boolean binary) {}
