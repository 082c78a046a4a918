package dev.banyan.proxy;

/// What is kept of the writes to families whose sides each have data of their own.
///
/// @param after which units' reads must go to the owner
/// @param uncertain which writes nobody knows the fate of
public record WriteCare(AfterWrites after, UncertainWrites uncertain) {}
