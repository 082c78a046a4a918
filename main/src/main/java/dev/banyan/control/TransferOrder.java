package dev.banyan.control;

/// What someone asks of a transfer, and why; for the ledger.
///
/// @param unfenced whether to go without a fence where the database can not be fenced; asked by an
///   approver then
/// @param repair of a reconciliation: whether rows that differ are made equal
public record TransferOrder(
    String transfer, String actor, String reason, boolean unfenced, boolean repair) {}
