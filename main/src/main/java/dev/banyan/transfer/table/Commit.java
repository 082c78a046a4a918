package dev.banyan.transfer.table;

/// One transaction of the source, by what its log and its snapshots call it.
///
/// @param position where its commit ends in the log
/// @param xid PostgreSQL's 32-bit transaction id, without a sign; 0 where snapshots tell by
///   position
public record Commit(Position position, long xid) {}
