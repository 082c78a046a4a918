package dev.banyan.replica;

/// What a replica asks of the controller, which alone can do it.
///
/// @param id of this one alone
/// @param replica who asks
/// @param text what; only the two of them read it, likewise the answer
public record Petition(String id, String replica, String text) {}
